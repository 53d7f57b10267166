import type { FailCode } from '@mailbeam/protocol';
import type { DueMessage, MailboxStore, PendingMessage } from '@mailbeam/store';
import type { Mailbox } from './mailbox.js';
import type { MailboxHost } from './mailbox-host.js';
import { PurgeRanges } from './purge-ranges.js';
import { Answer, Message, Where } from './request.js';

/** A page of what lies in the store. */
const PAGE_MESSAGES = 256;
const PAGE_BYTES = 1 << 20;
const LAST_KEY = Number.MAX_SAFE_INTEGER;

/*
 * How messages end that nobody takes: their `ttl` is over, an operator purges them, or their handling crashes again and
 * again. Each is told to its sender by a receipt of kind 3, which is on disk with the erasure (semantics 8).
 */

/** Ends a message on disk whose `ttl` is over (semantics 8.2). */
export function endExpired(
  mailbox: Mailbox,
  { key, from, origin, cid, bodyBytes }: DueMessage | Message,
  host: MailboxHost,
): void {
  mailbox.dropped(bodyBytes);
  host.traces?.ofStored(mailbox.name, key)?.failed('expired');
  host.ledger.fail();
  mailbox.eraseOutOfTurn(key, true);
  const told = { peer: mailbox.name, kind: 3, origin, cid, ts: host.clock.wall, code: 'expired', upTo: 0 } as const;
  host.outbox.receipt(from, { ...told, requests: null, needsDisk: true });
}

/** Messages on disk that one part of a purge looks at: some 20 ms when it ends all of them. */
export const PURGE_PART = 2_000;

/** A part of a purge that was done. */
export interface PurgedPart {
  /** How many messages it ended. */
  readonly purged: number;
  /** The key after which the next part begins; null: this was the last. */
  readonly next: number | null;
}

/**
 * Ends the messages that are not in flight and that `matches`, of the first {@link PURGE_PART} on disk behind `after`; the last part
 * also those that are in memory alone. Each sender is told in one range. Nothing of the mailbox leaves before that is on disk
 * (semantics 8.4).
 */
export function purge(
  mailbox: Mailbox,
  matches: (message: Message) => boolean,
  after: number,
  host: MailboxHost,
): PurgedPart {
  const { outbox, clock, commits } = host;
  const ranges = new PurgeRanges();
  let purged = 0;
  const end = (m: Message): void => {
    if (m.gone || !matches(m)) return;
    purged++;
    ranges.add(m);
    fail(mailbox, m, 'purged', host);
  };
  let looked = 0;
  let next: number | null = null;
  for (const p of storedAndWaiting(mailbox, host.store, after)) {
    end(Message.stored(mailbox.name, p));
    if (++looked < PURGE_PART) continue;
    next = p.key;
    break;
  }
  if (next === null) for (const m of mailbox.unflushed) if (m.handedAt === 0) end(m);
  if (purged === 0) return { purged, next };
  mailbox.trim();
  mailbox.dropOver();
  for (const { from, ...range } of ranges) {
    outbox.receipt(from, { peer: mailbox.name, kind: 3, ts: clock.wall, code: 'purged', needsDisk: true, ...range });
  }
  mailbox.block();
  commits.whenFlushed(() => {
    mailbox.unblock();
    commits.release(mailbox);
  });
  return { purged, next };
}

/** Ends a message in flight whose handling crashed as often as it may; its sender is told (semantics 11.6). */
export function giveUp(mailbox: Mailbox, message: Message, host: MailboxHost): void {
  const { from, origin, cid } = message;
  const requests = message.answer === Answer.NONE && message.sender !== null ? message : null;
  fail(mailbox, message, 'undeliverable', host);
  mailbox.trim();
  const told = {
    peer: mailbox.name,
    kind: 3,
    origin,
    cid,
    ts: host.clock.wall,
    code: 'undeliverable',
    upTo: 0,
  } as const;
  host.outbox.receipt(from, { ...told, requests, needsDisk: true });
}

/** Fails a message, wherever it is. */
function fail(mailbox: Mailbox, message: Message, code: FailCode, { ledger, traces }: MailboxHost): void {
  mailbox.dropped(message.bodyBytes);
  (message.trace ?? traces?.ofStored(mailbox.name, message.key))?.failed(code);
  if (message.where === Where.UNWRITTEN) {
    message.where = Where.ELIDED;
    ledger.failUnwritten();
  } else {
    if (message.where === Where.WRITING) ledger.accept();
    ledger.fail();
    mailbox.eraseOutOfTurn(message.key, message.where === Where.STORED);
  }
  message.drop();
}

/**
 * What lies on disk alone behind a key and was neither handed out nor ended, oldest first.
 * @param first messages to read before the first is looked at
 */
export function* storedAndWaiting(
  mailbox: Mailbox,
  store: MailboxStore,
  behind = 0,
  first = PAGE_MESSAGES,
): IterableIterator<PendingMessage> {
  const before = mailbox.unflushed.first?.key ?? LAST_KEY;
  let after = Math.max(behind, mailbox.handedUpTo);
  for (let limit = first; ; limit = PAGE_MESSAGES) {
    const page = store.read(mailbox.name, after, before, limit, PAGE_BYTES);
    if (page.length === 0) return;
    for (const message of page) {
      after = message.key;
      if (!mailbox.isOver(after)) yield message;
    }
  }
}
