import type { Self } from '@mailbeam/actors';
import type { ServiceLog } from '@mailbeam/handler';
import type { Clock } from '../clock.js';
import type { Offloader } from './offloader.js';
import type { ServiceLimits } from './service-limits.js';

/** What the handlings of a service are given by the node. */
export interface ServiceDesk {
  readonly clock: Clock;
  readonly limits: ServiceLimits & { readonly maxBodyBytes: number };
  readonly offloader: Offloader;
  logOf(name: string, version: string): ServiceLog;
}

/** The actor of a lane, as its handlings see it. */
export type LaneSelf = Self<unknown>;

const nowhere = (): void => undefined;

/** Where nobody reads. */
export const silentLog: ServiceLog = { debug: nowhere, info: nowhere, warn: nowhere, error: nowhere };
