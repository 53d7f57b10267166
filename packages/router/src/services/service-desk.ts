import type { Self } from '@mailbeam/actors';
import type { ServiceLog } from '@mailbeam/handler';
import type { Clock } from '../clock.js';
import type { Message } from '../mailbox/request.js';
import type { Offloader } from './offloader.js';
import type { ServiceLimits } from './service-limits.js';

/** Hears of a message that no service will handle. */
export type OnDeadLetter = (address: string, message: Message) => void;

/** What the handlings of a service are given by the node. */
export interface ServiceDesk {
  readonly clock: Clock;
  readonly limits: ServiceLimits & { readonly maxBodyBytes: number };
  readonly offloader: Offloader;
  logOf(name: string, version: string): ServiceLog;
  readonly onDeadLetter: OnDeadLetter;
}

/** The actor of a lane, as its handlings see it. */
export type LaneSelf = Self<unknown>;

const nowhere = (): void => undefined;

/** Where nobody reads. */
export const silentLog: ServiceLog = { debug: nowhere, info: nowhere, warn: nowhere, error: nowhere };
