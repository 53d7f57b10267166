import { drainJson } from '@mailbeam/telemetry';
import type { DrainJson, Rates } from '@mailbeam/telemetry';
import type { Core } from '../core.js';
import { Message } from '../mailbox/request.js';
import { Port } from '../port/port.js';
import type { Names } from '../privacy/names.js';
import { ServiceOutlet } from '../services/service-outlet.js';
import { waitingSenders } from '../telemetry/waiting-senders.js';

/** How fast a mailbox fills and empties. */
export interface PaceView {
  /** Messages a second, over 1, 10 and 100 s. */
  readonly in: Rates;
  readonly out: Rates;
  /** How long nothing was taken although something waits and its consumer is there; else 0. */
  readonly stalledSeconds: number;
  readonly drainSeconds: DrainJson;
}

/** Senders that are shown. */
const MOST_SENDERS = 5;

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
  /** `null`: nothing is known, as of somebody who is away and has little mail. */
  readonly pace: PaceView | null;
  /** Who sent the oldest 256, the most first, with their parts of them, 0 to 1. */
  readonly senders: readonly { readonly name: string; readonly share: number }[];
}

/** Looks at a mailbox, wherever it is. */
export function mailboxView(name: string, core: Core, names: Names): MailboxView {
  const mailbox = core.open(name);
  const { messages, bytes, inMemory, oldestAt } = mailbox.waiting();
  const { outlet } = mailbox;
  const handedOut = outlet === null ? { count: 0, oldestAt: 0 } : inHand(outlet);
  const oldest = handedOut.oldestAt === 0 ? oldestAt : handedOut.oldestAt;
  const receipts =
    outlet === null
      ? Math.max(mailbox.receiptsWaiting, core.store.receipts(name).length) // those of somebody away are on disk, or will be
      : mailbox.receiptsWaiting;
  const senders = waitingSenders(name, core).slice(0, MOST_SENDERS);
  core.release(mailbox);
  return {
    messages,
    bytes,
    inFlight: handedOut.count,
    inMemory,
    stored: Math.max(0, messages - handedOut.count - inMemory),
    receipts,
    oldestAgeMs: oldest === 0 ? null : Math.max(0, core.clock.wall - oldest),
    pace: paceView(name, core),
    senders: senders.map((sender) => ({ name: names.show(sender.name), share: sender.share })),
  };
}

function paceView(name: string, { statistics }: Core): PaceView | null {
  const slot = statistics?.slotNamed(name);
  if (statistics === null || slot === undefined) return null;
  statistics.settle();
  const { in: came, out, stalledSeconds, drainSeconds } = statistics.reading(slot);
  return { in: came, out, stalledSeconds, drainSeconds: drainJson(drainSeconds) };
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
