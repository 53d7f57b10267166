import type { SessionLimits } from '@mailbeam/handler';
import type { NodeHistograms } from '@mailbeam/telemetry';
import type { Clock } from '../clock.js';
import type { Interceptors } from '../interceptors/interceptors.js';
import type { Dispatch } from '../routing/dispatch.js';
import type { PortFrame } from './frames.js';
import type { Port } from './port.js';
import type { SpareWriters } from './spare-writers.js';

/** Limits that a port keeps beside those of its session. */
export interface PortLimits {
  readonly maxMessageBytes: number;
  readonly window: number;
  readonly inflightBytes: number;
  readonly backpressureBytes: number;
  readonly maxAttempts: number;
  /** SIGNALs a second; more are dropped. */
  readonly signalRate: number;
  readonly watch: number;
}

/** Takes acks in a turn, after everything that was sent in it has reached its mailbox. */
export interface AckTaker {
  takeAcks(): void;
}

/** What a port asks of its node. */
export interface PortHost {
  readonly clock: Clock;
  readonly limits: SessionLimits & PortLimits;
  readonly writers: SpareWriters;
  readonly interceptors: Interceptors;
  /** Carries out what the session asks for. */
  readonly dispatch: Dispatch;
  /** Null while nobody measures. */
  readonly histograms: NodeHistograms | null;
  /** Asks for a turn soon. */
  wake(): void;
  dirty(port: Port): void;
  login(port: Port, token: string, client: string): void;
  startSession(port: Port): void;
  /** Its session has started, the first time or after a crash, and has been given nothing yet. */
  sessionStarted(port: Port): void;
  /** Gives a frame to the port's session. */
  give(port: Port, frame: PortFrame): void;
  /** Calls its `takeAcks` once everything that was routed has been handed over. */
  handOverFirst(taker: AckTaker): void;
  stalled(port: Port): void;
  reads(port: Port): void;
  closed(port: Port): void;
}
