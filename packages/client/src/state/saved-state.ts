import { decodeAny, encodeAny } from '@mailbeam/protocol';
import type { HighWaterEntry } from '@mailbeam/protocol';
import { StateError } from '../errors.js';
import type { Order } from '../order.js';

/** What a store holds, in words. */
export interface SavedState {
  /** The `client` of HELLO; '' in a new store. */
  readonly client: string;
  /** The user it belongs to; '' before the first WELCOME. */
  readonly user: string;
  /** The highest `cid` that may have been used. */
  readonly reservedCid: number;
  /** `limits.sendWindow` of the last connection; 0 before the first. */
  readonly sendWindow: number;
  readonly marks: readonly HighWaterEntry[];
  /** What was not answered, in order of `cid`. */
  readonly unanswered: readonly (readonly [cid: number, order: Order])[];
}

/** The keys of the store. A `cid` has 16 digits, so that keys sort as numbers do. */
export const stateKey = {
  client: 'client',
  user: 'user',
  reservedCid: 'reservedCid',
  sendWindow: 'sendWindow',
  mark: (from: string, origin: number, group: string): string => `mark/${origin}/${JSON.stringify([from, group])}`,
  order: (cid: number): string => `order/${String(cid).padStart(16, '0')}`,
} as const;

/** A value of the store. */
export const encodeState = (value: unknown): Uint8Array => encodeAny(value);

/** The value of a mark: `[from, origin, group, cid]`. */
export const encodeMark = (from: string, origin: number, group: string, cid: number): Uint8Array =>
  encodeAny([from, origin, group, cid]);

/** The value of an order: `['send', cid, to, body, ttl]` (ttl 0: none) or `['read', cid, from, origin, upTo]`. */
export function encodeOrder(cid: number, order: Order): Uint8Array {
  return order.kind === 'send'
    ? encodeAny(['send', cid, order.to, order.body, order.ttl ?? 0])
    : encodeAny(['read', cid, order.to, order.origin, order.upTo]);
}

/** Reads what a store holds; throws `StateError` `state_damaged` at anything that this file did not write. */
export function readState(values: ReadonlyMap<string, Uint8Array>): SavedState {
  const marks: HighWaterEntry[] = [];
  const unanswered: (readonly [number, Order])[] = [];
  for (const [key, value] of values) {
    if (key.startsWith('mark/')) marks.push(readMark(key, decode(key, value)));
    else if (key.startsWith('order/')) unanswered.push(readOrder(key, decode(key, value)));
  }
  unanswered.sort((a, b) => a[0] - b[0]);
  return {
    client: text(values, stateKey.client),
    user: text(values, stateKey.user),
    reservedCid: uint(values, stateKey.reservedCid),
    sendWindow: uint(values, stateKey.sendWindow),
    marks,
    unanswered,
  };
}

function readMark(key: string, value: unknown): HighWaterEntry {
  if (!Array.isArray(value)) throw damaged(key);
  const [from, origin, group, cid] = value as unknown[];
  if (typeof from !== 'string' || typeof group !== 'string' || !isUint(origin) || !isUint(cid)) throw damaged(key);
  return { from, origin, group, cid };
}

function readOrder(key: string, value: unknown): readonly [number, Order] {
  if (!Array.isArray(value)) throw damaged(key);
  const [kind, cid, to, third, fourth] = value as unknown[];
  if (!isUint(cid) || typeof to !== 'string' || !isUint(fourth)) throw damaged(key);
  if (kind === 'send' && third instanceof Uint8Array) {
    return [cid, { kind, to, body: new Uint8Array(third), ttl: fourth === 0 ? undefined : fourth }];
  }
  if (kind === 'read' && isUint(third)) return [cid, { kind, to, origin: third, upTo: fourth }];
  throw damaged(key);
}

function text(values: ReadonlyMap<string, Uint8Array>, key: string): string {
  const value = values.get(key);
  if (value === undefined) return '';
  const decoded = decode(key, value);
  if (typeof decoded !== 'string') throw damaged(key);
  return decoded;
}

function uint(values: ReadonlyMap<string, Uint8Array>, key: string): number {
  const value = values.get(key);
  if (value === undefined) return 0;
  const decoded = decode(key, value);
  if (!isUint(decoded)) throw damaged(key);
  return decoded;
}

function decode(key: string, value: Uint8Array): unknown {
  try {
    return decodeAny(value);
  } catch (error) {
    throw damaged(key, error);
  }
}

function isUint(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function damaged(key: string, cause?: unknown): StateError {
  return new StateError('state_damaged', `the saved state is damaged at ${key.split('/')[0]}`, { cause });
}
