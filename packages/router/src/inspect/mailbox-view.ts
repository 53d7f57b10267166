import type { Core } from '../core.js';
import { Message } from '../mailbox/request.js';
import { Port } from '../port/port.js';
import { ServiceOutlet } from '../services/service-outlet.js';

/** What waits in a mailbox, and where. `messages` = `inFlight` + `inMemory` + `stored`. */
export interface MailboxView {
  readonly messages: number;
  /** Of their bodies. */
  readonly bytes: number;
  /** Handed out and not acked; of a service, in its hands. */
  readonly inFlight: number;
  /** In memory, to be handed out next or on the way to the disk. */
  readonly inMemory: number;
  /** On disk alone. */
  readonly stored: number;
  /** Receipts that wait or are in flight. */
  readonly receipts: number;
  /** How long the oldest message has waited, ms; `null` where none waits. */
  readonly oldestAgeMs: number | null;
}

/** Looks at a mailbox, wherever it is. */
export function mailboxView(name: string, core: Core): MailboxView {
  const mailbox = core.open(name);
  const { messages, bytes, inMemory, oldestAt } = mailbox.waiting();
  const { outlet } = mailbox;
  const handedOut = outlet === null ? { count: 0, oldestAt: 0 } : inHand(outlet);
  const oldest = handedOut.oldestAt === 0 ? oldestAt : handedOut.oldestAt;
  const receipts =
    outlet === null
      ? Math.max(mailbox.receiptsWaiting, core.store.receipts(name).length) // those of somebody away are on disk, or will be
      : mailbox.receiptsWaiting;
  core.release(mailbox);
  return {
    messages,
    bytes,
    inFlight: handedOut.count,
    inMemory,
    stored: Math.max(0, messages - handedOut.count - inMemory),
    receipts,
    oldestAgeMs: oldest === 0 ? null : Math.max(0, core.clock.wall - oldest),
  };
}

function inHand(outlet: object): { count: number; oldestAt: number } {
  if (outlet instanceof ServiceOutlet) return { count: outlet.unfinished, oldestAt: outlet.oldestAt };
  let count = 0;
  let oldestAt = 0;
  if (!(outlet instanceof Port)) return { count, oldestAt };
  for (const entry of outlet.inFlight ?? []) {
    if (!(entry instanceof Message)) continue;
    count++;
    if (oldestAt === 0) oldestAt = entry.ts;
  }
  return { count, oldestAt };
}
