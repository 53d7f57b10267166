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
  host.ledger.fail();
  mailbox.eraseOutOfTurn(key, true);
  const told = { peer: mailbox.name, kind: 3, origin, cid, ts: host.clock.wall, code: 'expired', upTo: 0 } as const;
  host.outbox.receipt(from, { ...told, requests: null, needsDisk: true });
}

/**
 * Ends every message that is not in flight and that `matches`; each sender is told in one range. Nothing of the mailbox
 * leaves before that is on disk (semantics 8.4). Returns how many it were.
 */
export function purge(mailbox: Mailbox, matches: (message: Message) => boolean, host: MailboxHost): number {
  const { outbox, clock, commits } = host;
  const ranges = new PurgeRanges();
  let purged = 0;
  const end = (m: Message): void => {
    if (m.gone || !matches(m)) return;
    purged++;
    ranges.add(m);
    fail(mailbox, m, host);
  };
  for (const p of storedAndWaiting(mailbox, host.store)) end(Message.stored(mailbox.name, p));
  for (const m of mailbox.unflushed) if (m.handedAt === 0) end(m);
  if (purged === 0) return 0;
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
  return purged;
}

/** Ends a message in flight whose handling crashed as often as it may; its sender is told (semantics 11.6). */
export function giveUp(mailbox: Mailbox, message: Message, host: MailboxHost): void {
  const { from, origin, cid } = message;
  const requests = message.answer === Answer.NONE && message.sender !== null ? message : null;
  fail(mailbox, message, host);
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
function fail(mailbox: Mailbox, message: Message, { ledger }: MailboxHost): void {
  mailbox.dropped(message.bodyBytes);
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

/** What lies on disk alone and was neither handed out nor ended, oldest first. */
export function* storedAndWaiting(mailbox: Mailbox, store: MailboxStore): IterableIterator<PendingMessage> {
  const before = mailbox.unflushed.first?.key ?? LAST_KEY;
  let after = mailbox.handedUpTo;
  for (;;) {
    const page = store.read(mailbox.name, after, before, PAGE_MESSAGES, PAGE_BYTES);
    if (page.length === 0) return;
    for (const message of page) {
      after = message.key;
      if (!mailbox.isOver(after)) yield message;
    }
  }
}
