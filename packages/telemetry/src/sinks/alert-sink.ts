import type { AlertEvent } from '../alerts/alert.js';

/** Where alerts go. */
export interface AlertSink {
  /** In metrics and logs: `log`, `alertmanager`, `webhook`, `events`. */
  readonly name: string;
  /** Takes a change; never throws, never waits. */
  tell(event: AlertEvent): void;
  /** Sends no more; resolves when nothing is under way. */
  close(): Promise<void>;
}

/** What became of one try to deliver. */
export interface Delivery {
  readonly sink: string;
  /** `retry`: it failed and is tried again; `dropped`: it was given up, or did not fit into the queue. */
  readonly outcome: 'delivered' | 'retry' | 'dropped';
  /** Alerts in it. */
  readonly alerts: number;
  /** Of `retry` and `dropped`. */
  readonly reason?: string;
}
