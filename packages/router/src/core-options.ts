import type { CrashReport, SystemOptions } from '@mailbeam/actors';
import type { SessionLimits } from '@mailbeam/handler';
import type { MailboxStore } from '@mailbeam/store';
import type { Telemetry } from '@mailbeam/telemetry';
import type { SystemClock } from './clock.js';
import type { Room } from './disk-room.js';
import type { Authenticate } from './login.js';
import type { InterceptorTrouble } from './interceptors/interceptor-host.js';
import type { InterceptorLimits } from './interceptors/interceptor-limits.js';
import type { PortLimits } from './port/port-host.js';
import type { SessionModule } from './port/session-shell.js';
import type { Placement } from './seams/placement.js';
import type { Transport } from './seams/transport.js';
import type { ServiceParts } from './services/services.js';

/** Limits of a node, besides those of its connections. */
export interface CoreLimits extends SessionLimits, PortLimits {
  readonly mailboxMessages: number;
  readonly mailboxBytes: number;
  /** HELLOs that may wait for their turn. */
  readonly hellosWaiting: number;
  readonly helloTimeoutMs: number;
  readonly slowConsumerMs: number;
  readonly presenceAwayMs: number;
  /** How long a client that is not used is known. */
  readonly clientKeptMs: number;
}

/** What a {@link Core} tells of itself while it works. */
export type CoreTelemetry = Pick<Telemetry, 'statistics' | 'restarts' | 'histograms' | 'busy' | 'turn' | 'tick'>;

/** What a {@link Core} stands on. Times in ms. */
export interface CoreOptions {
  readonly store: MailboxStore;
  readonly placement: Placement;
  readonly transport: Transport;
  readonly authenticate: Authenticate;
  readonly session: SessionModule;
  readonly limits: CoreLimits;
  /** Whether there is room to store what comes; default: always. */
  readonly room?: Room;
  readonly commitDelayMs: number;
  /** How long an acked message may lie on disk before the commit that erases it; default 250. */
  readonly eraseDelayMs?: number;
  /** Runs a turn soon; default `setImmediate`. */
  readonly schedule?: (turn: () => void) => void;
  /** Wakes the actors for their next timer; default `setTimeout`. */
  readonly scheduleLater?: NonNullable<SystemOptions['scheduleLater']>;
  readonly clock?: SystemClock;
  /** Where the actor system writes its beats, for a watchdog; default: nowhere. */
  readonly heartbeat?: SharedArrayBuffer | null;
  readonly onCrash?: (report: CrashReport) => void;
  readonly interceptorLimits?: InterceptorLimits;
  readonly onInterceptorTrouble?: (trouble: InterceptorTrouble) => void;
  readonly services?: Partial<ServiceParts>;
  readonly onCommitFailed?: (error: unknown, retryMs: number) => void;
}
