import type { CommitLoop } from '../commit/commit-loop.js';
import type { Clock } from '../clock.js';
import type { Room } from '../disk-room.js';
import type { Ledger } from '../ledger.js';
import type { Outbox } from '../routing/outbox.js';
import type { MailboxStore } from '@mailbeam/store';
import type { Traces } from '../traces/traces.js';
import type { UnfoundResends } from './unfound-resends.js';
import type { MailboxMeter } from './mailbox-meter.js';
import type { Rejections } from './rejections.js';

/** What every mailbox of a node shares. */
export interface MailboxHost {
  readonly store: MailboxStore;
  readonly commits: CommitLoop;
  readonly rejections: Rejections;
  readonly unfoundResends: UnfoundResends;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly meter: MailboxMeter;
  /** Null: nobody traces. */
  readonly traces: Traces | null;
  readonly room: Room;
  readonly commitDelayMs: number;
  readonly quotaMessages: number;
  readonly quotaBytes: number;
}
