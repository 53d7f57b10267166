import type { SessionLimits } from '@mailbeam/handler';
import type { NameKind } from '@mailbeam/protocol';
import type { NodeHistograms } from '@mailbeam/telemetry';
import type { Clock } from '../clock.js';
import type { Interceptors } from '../interceptors/interceptors.js';
import type { Message, ReadRequest, Rejection, Request } from '../mailbox/request.js';
import type { Call, PortFrame, Signal, Watch } from './frames.js';
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
  readonly interceptors: Interceptors;
  /** Does not take a request that the session let pass. */
  refuse(port: Port, request: Message | ReadRequest, rejection: Rejection): void;
  /** The session has crashed over this frame as often as it may. */
  crashed(port: Port, frame: PortFrame): void;
  /** Calls its `takeAcks` once everything that was routed has been handed over. */
  handOverFirst(taker: AckTaker): void;
  route(port: Port, request: Message | ReadRequest): void;
  /** Rejects a request once that is on disk. */
  reject(request: Message | ReadRequest, rejection: Rejection): void;
  signal(port: Port, signal: Signal): void;
  /** Signals a service from the user of this port. */
  tell(port: Port, service: string, body: Uint8Array): void;
  watch(port: Port, watch: Watch): void;
  /** Hands a CALL to its service, or answers it. */
  call(port: Port, call: Call): void;
  /** True for a name that a message may go to. */
  isKnown(name: string, kind: NameKind): boolean;
  /** True for the name of a service that runs or ever ran. */
  wasService(name: string): boolean;
  /** Messages of (from, origin) up to `cid` are acked: their sender gets a receipt. */
  delivered(port: Port, from: string, origin: number, cid: number, requests: Request | null, needsDisk: boolean): void;
  stalled(port: Port): void;
  reads(port: Port): void;
  closed(port: Port): void;
}
