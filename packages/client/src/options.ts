import { limits, SOCKET_PATH } from '@mailbeam/protocol';
import type { ReconnectOptions } from './backoff.js';
import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import { ArgumentError } from './errors.js';
import type { Message } from './message.js';
import type { OutboxLimit } from './outbox.js';
import { memoryState } from './state/memory.js';
import type { StateStore } from './state/state-store.js';
import { platform } from '#platform';
import type { SocketConstructor } from './platform/platform.js';

/** What `connect` takes. All but `url` and `token` may be left out. */
export interface ClientOptions {
  /** The router: `ws://HOST:PORT` or `wss://...`. Without a path it is `/v1/socket`. */
  readonly url: string;
  /** The token, or what gets a fresh one for each attempt to connect. In open mode it is the user's name. */
  readonly token: string | (() => Promise<string>);
  /** The user that the token must stand for; another one closes the client. Default: whoever it stands for. */
  readonly user?: string;
  /** Where the client keeps what must outlive it. Default: `memoryState()`. */
  readonly state?: StateStore;
  /** Takes the messages, one at a time: each is acked when the promise has settled. Else use `client.messages()`. */
  readonly onMessage?: (message: Message) => Promise<void> | void;
  /** Most messages that the router sends ahead of the acks: 1 to 4,096. Default 256. */
  readonly window?: number;
  /** Bounds of what is sent and not yet answered. */
  readonly outboxLimit?: Partial<OutboxLimit>;
  /** How long to wait between attempts to connect. */
  readonly reconnect?: Partial<ReconnectOptions>;
  /** From an attempt to connect to WELCOME, milliseconds; then the next attempt. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** How long the router may say nothing at all while a SEND or READ waits for its answer, milliseconds; then the
   * connection counts as lost. Default 30,000. */
  readonly answerTimeoutMs?: number;
  /** Numbers reserved at a time in the saved state. Default 1,000. */
  readonly cidBlock?: number;
  /** Most accepted messages whose `Sent` is still told of receipts. Default 10,000. */
  readonly receiptsTracked?: number;
  /** Free text about this program, for the router's operator. Default 'mailbeam-client'. */
  readonly agent?: string;
  /** The WebSocket to use. Default: the platform's. */
  readonly webSocket?: SocketConstructor;
  /** Source of jitter, from 0 to less than 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Default: the computer's. */
  readonly clock?: Clock;
}

/** Options, complete and valid. */
export interface ResolvedOptions {
  readonly url: string;
  readonly token: string | (() => Promise<string>);
  readonly user: string | undefined;
  readonly state: StateStore;
  readonly onMessage: ((message: Message) => Promise<void> | void) | undefined;
  readonly window: number;
  readonly outboxLimit: OutboxLimit;
  readonly reconnect: ReconnectOptions;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly cidBlock: number;
  readonly receiptsTracked: number;
  readonly agent: string;
  readonly webSocket: SocketConstructor | undefined;
  readonly random: () => number;
  readonly clock: Clock;
}

/** The defaults of all options that have a fixed one. */
export const defaults = Object.freeze({
  window: limits.windowDefault,
  outboxLimit: Object.freeze({ messages: 1000, bytes: 8 * 1024 * 1024 }),
  reconnect: Object.freeze({ minMs: 250, maxMs: 30_000, stableMs: 5000 }),
  connectTimeoutMs: 10_000,
  answerTimeoutMs: 30_000,
  cidBlock: 1000,
  receiptsTracked: 10_000,
  agent: 'mailbeam-client',
});

const known: ReadonlySet<string> = new Set<keyof ClientOptions>([
  'url',
  'token',
  'user',
  'state',
  'onMessage',
  'window',
  'outboxLimit',
  'reconnect',
  'connectTimeoutMs',
  'answerTimeoutMs',
  'cidBlock',
  'receiptsTracked',
  'agent',
  'webSocket',
  'random',
  'clock',
]);

/** Completes and checks options; throws `ArgumentError` that names the key, the value and what is allowed. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  for (const key of Object.keys(options)) {
    if (!known.has(key)) throw new ArgumentError(`unknown option "${key}"; known are ${[...known].join(', ')}`);
  }
  const { token, onMessage } = options;
  if (typeof token !== 'string' && typeof token !== 'function') {
    throw new ArgumentError('option "token" must be a string or a function that gets one');
  }
  if (onMessage !== undefined && typeof onMessage !== 'function') {
    throw new ArgumentError('option "onMessage" must be a function');
  }
  return {
    url: socketUrl(options.url),
    token,
    user: options.user,
    state: options.state ?? memoryState(),
    onMessage,
    window: count('window', options.window ?? defaults.window, limits.windowMin, limits.windowMax),
    outboxLimit: counts<keyof OutboxLimit>('outboxLimit', defaults.outboxLimit, options.outboxLimit, 1),
    reconnect: counts<keyof ReconnectOptions>('reconnect', defaults.reconnect, options.reconnect, 0),
    connectTimeoutMs: count('connectTimeoutMs', options.connectTimeoutMs ?? defaults.connectTimeoutMs, 1),
    answerTimeoutMs: count('answerTimeoutMs', options.answerTimeoutMs ?? defaults.answerTimeoutMs, 1),
    cidBlock: count('cidBlock', options.cidBlock ?? defaults.cidBlock, 1),
    receiptsTracked: count('receiptsTracked', options.receiptsTracked ?? defaults.receiptsTracked, 0),
    agent: options.agent ?? defaults.agent,
    webSocket: options.webSocket ?? platform.webSocket,
    random: options.random ?? Math.random,
    clock: options.clock ?? systemClock,
  };
}

/** The address of the socket: `http(s)` counts as `ws(s)`, and a URL without a path gets `/v1/socket`. */
export function socketUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new ArgumentError(`option "url" must be like ws://127.0.0.1:4000, not ${String(text)}`, { cause });
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new ArgumentError(`option "url" must begin with ws:// or wss://, not ${url.protocol}//`);
  }
  if (url.pathname === '/' || url.pathname === '') url.pathname = SOCKET_PATH;
  url.hash = '';
  return url.href;
}

function counts<Name extends string>(
  option: string,
  fixed: Readonly<Record<Name, number>>,
  given: Partial<Readonly<Record<Name, number>>> | undefined,
  min: number,
): Record<Name, number> {
  const all: Record<Name, number> = { ...fixed };
  for (const key of Object.keys(given ?? {}) as Name[]) {
    if (!Object.hasOwn(fixed, key)) {
      throw new ArgumentError(`unknown option "${option}.${key}"; known are ${Object.keys(fixed).join(', ')}`);
    }
    all[key] = count(`${option}.${key}`, given?.[key] ?? fixed[key], min);
  }
  return all;
}

function count(name: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    const most = max === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${max}`;
    throw new ArgumentError(`option "${name}" must be a whole number, ${min} ${most}, not ${String(value)}`);
  }
  return value;
}
