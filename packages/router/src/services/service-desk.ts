import type { Self } from '@mailbeam/actors';
import type { ServiceLog } from '@mailbeam/handler';
import type { Clock } from '../clock.js';
import type { Message } from '../mailbox/request.js';
import type { Offloader } from './offloader.js';
import type { ServiceLimits } from './service-limits.js';

/** Is given a message that no service will handle, and calls back when it has kept it, or cannot: only then it is failed. */
export type OnDeadLetter = (address: string, message: Message, kept: () => void) => void;

/** Keeps nothing. */
export const noDeadLetters: OnDeadLetter = (_address, _message, kept) => kept();

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
