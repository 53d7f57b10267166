import { childrenOf } from '@mailbeam/actors';
import type { Pid } from '@mailbeam/actors';
import { nameKind } from '@mailbeam/protocol';
import type { Core } from '../core.js';
import { Names } from '../privacy/names.js';
import type { RunningService } from '../services/running-service.js';
import { inSlices } from './slices.js';

export const targetKinds = ['user', 'service', 'actor', 'behaviour'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** What an operator wants to look at. `owner`: what the actor was started for, a Port or a Lane. */
export type Target =
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'service'; readonly service: RunningService }
  | { readonly kind: 'actor'; readonly pid: Pid; readonly owner: unknown }
  | { readonly kind: 'behaviour'; readonly name: string };

/**
 * What a text stands for: `$NAME` a service, `<12>` an actor; else, in this order, a user by name or pseudonym, an actor by its
 * registered name or id, and last a behaviour.
 * @param kinds what is meant, where only that may be
 */
export async function findTarget(
  text: string,
  kinds: readonly TargetKind[],
  core: Core,
  names: Names,
): Promise<Target | undefined> {
  if (kinds.includes('service')) {
    const service = core.services.find(text);
    if (service !== undefined) return { kind: 'service', service };
  }
  const isId = /^<\d+>$/.test(text);
  if (kinds.includes('user') && !isId) {
    const name = await findUser(text, core, names);
    if (name !== undefined) return { kind: 'user', name };
  }
  if (kinds.includes('actor')) {
    const actor = await findActor(text, core);
    if (actor !== undefined) return { kind: 'actor', ...actor };
  }
  if (kinds.includes('behaviour') && !isId && nameKind(text) === 1) return { kind: 'behaviour', name: text };
  return undefined;
}

/** A user that the node knows by name; by pseudonym one who is connected, or whose mailbox was shown lately. */
export async function findUser(text: string, core: Core, names: Names): Promise<string | undefined> {
  if (nameKind(text) !== 1) return undefined;
  if (core.knowsUser(text)) return text;
  if (!Names.isPseudonym(text)) return undefined;
  const shown = names.nameOf(text);
  if (shown !== undefined) return shown;
  let found: string | undefined;
  await inSlices(core.openPorts(), ({ user }) => {
    if (names.pseudonym(user) !== text) return true;
    found = user;
    return false;
  });
  return found;
}

async function findActor(text: string, core: Core): Promise<{ pid: Pid; owner: unknown } | undefined> {
  const named = core.system.whereis(text);
  if (named !== undefined) return { pid: named, owner: undefined };
  const id = Number(/^<?(\d+)>?$/.exec(text)?.[1] ?? NaN);
  if (Number.isNaN(id)) return undefined;
  let found: { pid: Pid; owner: unknown } | undefined;
  for (const supervisor of core.supervisors) {
    if (supervisor.id === id) return { pid: supervisor, owner: undefined };
    await inSlices(childrenOf(supervisor), ({ pid, arg }) => {
      if (pid?.id !== id) return true;
      found = { pid, owner: arg };
      return false;
    });
    if (found !== undefined) break;
  }
  return found;
}
