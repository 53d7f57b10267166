import type { PendingMessage } from '@mailbeam/store';
import type { Core } from '../core.js';
import { storedAndWaiting } from '../mailbox/endings.js';
import { Message } from '../mailbox/request.js';
import type { Names } from '../privacy/names.js';

/** What is known of a message without what it says. */
export interface MessageHeader {
  /** The sender, as it may be shown. */
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  /** When the router took it, ms since the epoch. */
  readonly ts: number;
  /** When its `ttl` ends, ms since the epoch; `null`: it has none. */
  readonly expiresAt: number | null;
  /** Of its body. */
  readonly bytes: number;
  /** It was handed out to the connection of its recipient and not acked: no purge ends it. */
  readonly inFlight: boolean;
}

/** The messages of a mailbox that were asked for, oldest first. */
export interface MessagesView {
  /** As it may be shown. */
  readonly user: string;
  readonly messages: readonly MessageHeader[];
  /** All that match and that a purge would end, and their bytes; `messages` may be fewer. */
  readonly matching: number;
  readonly bytes: number;
}

/** Messages on disk that are looked at in one go: some milliseconds. */
const PART = 2_000;

/** Looks through a mailbox, a part a turn. What comes and goes meanwhile may be in it or not. @param limit most that are listed */
export async function messageHeaders(
  name: string,
  core: Core,
  names: Names,
  { matches, limit }: { readonly matches: (message: Message | PendingMessage) => boolean; readonly limit: number },
): Promise<MessagesView> {
  const messages: MessageHeader[] = [];
  let matching = 0;
  let bytes = 0;
  const look = (message: Message | PendingMessage, inFlight: boolean): void => {
    if (!matches(message)) return;
    const bodyBytes = message.bodyEnd - message.bodyStart;
    if (!inFlight) {
      matching += 1;
      bytes += bodyBytes;
    }
    if (messages.length >= limit) return;
    const { from, origin, cid, ts, expiresAt } = message;
    messages.push({
      ...{ from: names.show(from), origin, cid, ts, bytes: bodyBytes, inFlight },
      expiresAt: expiresAt === 0 ? null : expiresAt,
    });
  };
  for (const entry of core.portOf(name)?.inFlight ?? []) if (entry instanceof Message) look(entry, true);
  for (let after: number | null = 0; after !== null;) {
    after = lookAtPart(name, core, after, (message) => look(message, false));
    if (after !== null) await new Promise((resolve) => setImmediate(resolve));
  }
  return { user: names.show(name), messages, matching, bytes };
}

/** Returns the key behind which the next part begins; null: there is none. */
function lookAtPart(
  name: string,
  core: Core,
  after: number,
  look: (message: Message | PendingMessage) => void,
): number | null {
  const mailbox = core.open(name);
  try {
    let looked = 0;
    for (const message of storedAndWaiting(mailbox, core.store, after)) {
      look(message);
      if (++looked === PART) return message.key;
    }
    for (const message of mailbox.unflushed) if (message.handedAt === 0 && !message.gone) look(message);
    return null;
  } finally {
    core.release(mailbox);
  }
}
