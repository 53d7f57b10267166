import { Packr } from 'msgpackr';
import { limits } from './limits.js';
import { headRoom, putArray, putBin, putBool, putFloat, putInt, putMap, putText, textRoom, uintRoom } from './put.js';
import { Scanner } from './scanner.js';

/** 'auto' gives numbers, not BigInts, up to 2^53; its type does not know it. */
const unpackr = new Packr({
  useRecords: false,
  int64AsType: 'auto' as 'number',
  structuredClone: false,
  copyBuffers: true,
});

const scan = new Scanner();

/** Where values are encoded, used again and again. */
let bytes = new Uint8Array(1024);

/**
 * The bytes of a value for CALL's `args` or REPLY's `result`: nil (null and undefined), bool, numbers (an integer is
 * written as one, also above 2^32), str, bin (Uint8Array), arrays, and objects by their own enumerable properties, those
 * that are undefined left out; nested at most 64 deep (protocol, "Frames"). Throws TypeError for anything else: a
 * function, a Date, a Map, a BigInt beyond 2^53-1, a cycle.
 */
export function encodeAny(value: unknown): Uint8Array<ArrayBuffer> {
  const end = put(0, value, limits.depth);
  return bytes.slice(0, end); // only now: `put` may have made a larger buffer
}

// Not by msgpackr: it writes integers above 2^32 as floats and some values as extension types.
function put(at: number, value: unknown, depth: number): number {
  switch (typeof value) {
    case 'undefined':
      return putNil(at);
    case 'boolean':
      return putBool(room(at, 1), at, value);
    case 'number':
      return Number.isSafeInteger(value) ? putInt(room(at, uintRoom), at, value) : putFloat(room(at, 9), at, value);
    case 'bigint':
      if (!Number.isSafeInteger(Number(value))) throw new TypeError(`${value}n is beyond 2^53-1`);
      return putInt(room(at, uintRoom), at, Number(value));
    case 'string':
      return putText(room(at, textRoom(value)), at, value);
    case 'object':
      return value === null ? putNil(at) : putObject(at, value, depth);
    default:
      throw new TypeError(`a ${typeof value} cannot be sent`);
  }
}

function putNil(at: number): number {
  room(at, 1)[at] = 0xc0;
  return at + 1;
}

function putObject(at: number, value: object, depth: number): number {
  if (value instanceof Uint8Array) {
    return putBin(room(at, headRoom + value.length), at, value, 0, value.length);
  }
  if (depth === 0) throw new TypeError(`nested more than ${limits.depth} deep, or a cycle`);
  if (Array.isArray(value)) {
    at = putArray(room(at, headRoom), at, value.length);
    for (const item of value as unknown[]) at = put(at, item, depth - 1);
    return at;
  }
  const kind = Object.prototype.toString.call(value); // works for objects of another realm too
  if (kind !== '[object Object]') throw new TypeError(`an ${kind} cannot be sent`);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  at = putMap(room(at, headRoom), at, entries.length);
  for (const [key, inner] of entries) at = put(putText(room(at, textRoom(key)), at, key), inner, depth - 1);
  return at;
}

/** The buffer, with room for `more` bytes from `at` on. */
function room(at: number, more: number): Uint8Array {
  if (at + more > bytes.length) {
    const grown = new Uint8Array(Math.max(at + more, bytes.length * 2));
    grown.set(bytes);
    bytes = grown;
  }
  return bytes;
}

/**
 * The value in source[start, end), which must be exactly one value of the profile of `args` and `result` (protocol,
 * section 1); throws TypeError where it is not. Maps become plain objects (the key `__proto__` is renamed `__proto_`, so
 * that no prototype can be set), bins copies of their bytes.
 */
export function decodeAny(source: Uint8Array, start = 0, end = source.length): unknown {
  scan.open(source, start, end);
  if (!scan.skipAny()) throw new TypeError(`not a value of the protocol: ${scan.fault}`);
  if (scan.at !== end) throw new TypeError('not a value of the protocol: bytes behind it');
  return unpackr.unpack(source, { start, end });
}
