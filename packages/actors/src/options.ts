import type { CrashReport } from './crash-report.js';
import { ActorError } from './errors.js';
import { leastHeartbeatBytes } from './heartbeat.js';
import { hostClock, hostLater, hostSoon, type WakeUp } from './host.js';
import type { SupervisorReport } from './supervisor-report.js';

const policies = ['reject', 'dropNewest', 'dropOldest', 'block'] as const;

/** The bound of a mailbox, by messages, by bytes or by both. Only messages and calls count; `Down`, `Exit`, `Timeout` and `Reply` always get in and are never dropped. */
export interface MailboxOptions {
  /** Most messages that wait. Integer from 1. Default: no bound. */
  readonly maxMessages?: number;
  /** Most bytes that wait, as `sizeOf` tells them. Integer from 1; with it `sizeOf` must be given. A message that is larger than this by itself is never taken. Default: no bound. */
  readonly maxBytes?: number;
  /** The size of a message, or of a call's request, in bytes, 0 or more. A throw or another value is counted (`counters.hookErrors`) and the message is not taken. */
  readonly sizeOf?: (message: unknown) => number;
  /**
   * What happens past the bound: `'reject'` (default) and `'dropNewest'` do not take the new one (a call then fails `overloaded`; `send` returns `false`, for
   * `'dropNewest'` `true`), `'dropOldest'` throws away those that have waited longest until there is room (a dropped call fails `overloaded`). `'block'` is for calls: they wait for room, in
   * order, within their timeout; messages are rejected, also while calls wait.
   */
  readonly policy?: (typeof policies)[number];
}

/** Options of `createSystem`. */
export interface SystemOptions {
  /** The clock, in ms; must never go back. Default: `performance.timeOrigin + performance.now()`. */
  readonly now?: () => number;
  /** Times turns, their budget, and single handlings for traces, in ms. Default: `now`; to be given where `now` is read once a turn and stands still in between. */
  readonly stopwatch?: () => number;
  /** Runs `run` soon, after I/O had its turn. Default `setImmediate`, in a browser a `MessageChannel`. */
  readonly schedule?: (run: () => void) => void;
  /** Runs `run` after `delayMs`, returns what cancels it. Default `setTimeout`, which keeps the process alive only while a timer is set. */
  readonly scheduleLater?: (run: () => void, delayMs: number) => WakeUp;
  /** Hears of every actor that ended for another reason than a planned one or a signal. Default: nobody. */
  readonly onCrash?: (report: CrashReport) => void;
  /** Hears of restarts, failed starts, children given up and supervisors that end. Default: nobody. */
  readonly onSupervisorReport?: (report: SupervisorReport) => void;
  /** Most messages of one turn, 1 to 10,000,000. Default 4,000. */
  readonly reductionsPerTurn?: number;
  /** Most messages of one actor before the next one has its slot, 1 to 10,000. Default 16. The turn's time is checked as often. */
  readonly reductionsPerSlot?: number;
  /** Most ms of one turn, over 0 to 1,000. Default 4. Looked at after `reductionsPerSlot` messages, so a slow handler can exceed it. */
  readonly turnBudgetMs?: number;
  /** An async callback that has not settled after this many ms ends its actor with reason `'timeout'`. 1 to 2^31 - 1, default 30,000. */
  readonly handlerTimeoutMs?: number;
  /**
   * Where the system writes its heartbeat and whose callback is on the stack, for a thread that watches it (`readHeartbeat`): at least 1,024 bytes; 64 KiB hold the names of some 1,000 versions of
   * behaviours. Default `null`: nowhere.
   */
  readonly heartbeat?: SharedArrayBuffer | null;
  /** What is left to chance (the jitter of restarts): returns 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** What `stop` waits before it kills, in ms, 0 to 2^31 - 1. Default 5,000. */
  readonly stopTimeoutMs?: number;
}

export type ResolvedOptions = Required<SystemOptions>;

const nobody = (): void => undefined;

export const defaults: ResolvedOptions = Object.freeze({
  now: hostClock,
  stopwatch: hostClock,
  schedule: hostSoon,
  scheduleLater: hostLater,
  onCrash: nobody,
  onSupervisorReport: nobody,
  reductionsPerTurn: 4_000,
  reductionsPerSlot: 16,
  turnBudgetMs: 4,
  handlerTimeoutMs: 30_000,
  heartbeat: null,
  random: Math.random,
  stopTimeoutMs: 5_000,
});

const ranges = {
  reductionsPerTurn: [1, 10_000_000],
  reductionsPerSlot: [1, 10_000],
  turnBudgetMs: [Number.MIN_VALUE, 1_000],
  handlerTimeoutMs: [1, 2_147_483_647],
  stopTimeoutMs: [0, 2_147_483_647],
} as const;

function checkHeartbeat(value: unknown): void {
  if (value === null) return;
  if (typeof SharedArrayBuffer === 'undefined' || !(value instanceof SharedArrayBuffer))
    throw new ActorError('bad_option', 'heartbeat must be a SharedArrayBuffer');
  if (value.byteLength < leastHeartbeatBytes)
    throw new ActorError(
      'bad_option',
      `heartbeat has ${value.byteLength} bytes, needs ${leastHeartbeatBytes} at least`,
    );
}

/** Completes the options. @throws ActorError `bad_option`, naming key, value and what is allowed */
export function resolveOptions(given: SystemOptions): ResolvedOptions {
  for (const [key, value] of Object.entries(given)) {
    if (!(key in defaults)) throw new ActorError('bad_option', `unknown option ${key}`);
    if (value === undefined) continue;
    if (key === 'heartbeat') {
      checkHeartbeat(value);
      continue;
    }
    if (key in ranges) {
      const [low, high] = ranges[key as keyof typeof ranges];
      if (typeof value !== 'number' || !(value >= low && value <= high))
        throw new ActorError('bad_option', `${key} is ${String(value)}, must be a number from ${low} to ${high}`);
    } else if (typeof value !== 'function') throw new ActorError('bad_option', `${key} must be a function`);
  }
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as SystemOptions;
  return { ...defaults, ...(set.now === undefined ? {} : { stopwatch: set.now }), ...set };
}

/** Checks the bound of a mailbox. @throws ActorError `bad_option` */
export function checkMailboxOptions(given: MailboxOptions): void {
  const { maxMessages, maxBytes, sizeOf, policy, ...unknown } = given;
  for (const key of Object.keys(unknown)) throw new ActorError('bad_option', `unknown mailbox option ${key}`);
  if (maxMessages !== undefined && !(Number.isSafeInteger(maxMessages) && maxMessages >= 1))
    throw new ActorError('bad_option', `mailbox.maxMessages is ${String(maxMessages)}, must be an integer from 1`);
  if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes >= 1))
    throw new ActorError('bad_option', `mailbox.maxBytes is ${String(maxBytes)}, must be an integer from 1`);
  if (sizeOf !== undefined && typeof sizeOf !== 'function')
    throw new ActorError('bad_option', 'mailbox.sizeOf must be a function');
  if ((maxBytes === undefined) !== (sizeOf === undefined))
    throw new ActorError('bad_option', 'mailbox.maxBytes and mailbox.sizeOf come together');
  if (policy !== undefined && !policies.includes(policy))
    throw new ActorError('bad_option', `mailbox.policy is ${String(policy)}, must be ${policies.join(', ')}`);
}
