import type { ActorSystem } from '@mailbeam/actors';
import type { ServiceLog } from '@mailbeam/handler';
import type { MailboxStore } from '@mailbeam/store';
import type { Clock } from '../clock.js';
import type { CommitLoop } from '../commit/commit-loop.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import type { Sender } from '../mailbox/sender.js';
import type { AckTaker } from '../port/port-host.js';
import type { Dispatch } from '../routing/dispatch.js';
import type { Outbox } from '../routing/outbox.js';

/** What the services of a node ask of it. */
export interface ServicesHost {
  readonly system: ActorSystem;
  readonly store: MailboxStore;
  readonly clock: Clock;
  readonly commits: CommitLoop;
  readonly outbox: Outbox;
  readonly dispatch: Dispatch;
  readonly limits: { readonly maxBodyBytes: number; readonly sendWindow: number; readonly maxAttempts: number };
  open(name: string): Mailbox;
  release(mailbox: Mailbox): void;
  releaseSender(sender: Sender): void;
  /** Asks for a turn soon. */
  wake(): void;
  /** Calls `takeAcks` once everything that was sent has been handed over. */
  handOverFirst(taker: AckTaker): void;
}

/** Where services write their log. */
export type ServiceLogs = (name: string, version: string) => ServiceLog;
