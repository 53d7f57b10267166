import { views } from './state.js';
import type { View } from './state.js';

/** Where in the console somebody is: the fragment of the address. */
export interface Place {
  readonly view: View;
  /** What is looked at closer. */
  readonly target: string | null;
}

/** `#/mailboxes/alice`; what is none is the overview. */
export function placeOf(hash: string): Place {
  const [, name = '', target = ''] = /^#\/(\w+)(?:\/(.+))?$/.exec(hash) ?? [];
  const view = views.find((one) => one === name) ?? 'overview';
  return { view, target: view === 'mailboxes' && target !== '' ? decoded(target) : null };
}

export function hashOf(view: View, target: string | null = null): string {
  return `#/${view}${target === null ? '' : `/${encodeURIComponent(target)}`}`;
}

/** What to inspect for the name of a mailbox: that of an actor of the router is `#12 sessions`, and its id says which. */
export function targetOf(mailbox: string): string {
  const id = /^#(\d+) /.exec(mailbox)?.[1];
  return id === undefined ? mailbox : `<${id}>`;
}

/** The ticket that a link carries, or undefined. */
export function ticketIn(hash: string): string | undefined {
  return /^#ticket=([\w-]+)$/.exec(hash)?.[1];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // somebody typed a lone %
  }
}
