import { putUtf8, utf8Length } from './utf8.js';

// The writing side of the profile: each function writes one value from `at` on in its shortest MessagePack form and returns where it ends. The
// caller has made room: `uintRoom`, `textRoom(text)`, `headRoom` for the header of a bin, an array or a map.

/** Most bytes of an integer. */
export const uintRoom = 9;

/** Most bytes of a header of a bin, an array or a map. */
export const headRoom = 5;

/** Most bytes that a string may take; cheap, not exact. */
export function textRoom(text: string): number {
  return 5 + text.length * 3;
}

/** Throws RangeError for what is not an integer from 0 to 2^53-1. */
export function putUint(bytes: Uint8Array, at: number, value: number): number {
  if (value >>> 0 !== value) return putLongUint(bytes, at, value);
  if (value < 0x80) {
    bytes[at] = value;
    return at + 1;
  }
  if (value < 0x100) {
    bytes[at] = 0xcc;
    bytes[at + 1] = value;
    return at + 2;
  }
  if (value < 0x10000) {
    bytes[at] = 0xcd;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value & 0xff;
    return at + 3;
  }
  bytes[at] = 0xce;
  return put32(bytes, at + 1, value);
}

function putLongUint(bytes: Uint8Array, at: number, value: number): number {
  if (!(value >= 0 && Number.isSafeInteger(value))) throw new RangeError(`${value} is not an integer from 0 to 2^53-1`);
  bytes[at] = 0xcf;
  put32(bytes, at + 1, (value / 4294967296) >>> 0);
  return put32(bytes, at + 5, value >>> 0);
}

/** An integer from -(2^53-1) to 2^53-1, for `args` and `result`. */
export function putInt(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0) return putUint(bytes, at, value);
  if (value >= -0x20) {
    bytes[at] = value & 0xff;
    return at + 1;
  }
  if (value >= -0x80) {
    bytes[at] = 0xd0;
    bytes[at + 1] = value & 0xff;
    return at + 2;
  }
  if (value >= -0x8000) {
    bytes[at] = 0xd1;
    bytes[at + 1] = (value >> 8) & 0xff;
    bytes[at + 2] = value & 0xff;
    return at + 3;
  }
  if (value >= -0x80000000) {
    bytes[at] = 0xd2;
    return put32(bytes, at + 1, value);
  }
  bytes[at] = 0xd3;
  put32(bytes, at + 1, Math.floor(value / 4294967296));
  return put32(bytes, at + 5, value >>> 0);
}

/** A float64, for `args` and `result`. */
export function putFloat(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = 0xcb;
  new DataView(bytes.buffer, bytes.byteOffset).setFloat64(at + 1, value);
  return at + 9;
}

function put32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
  return at + 4;
}

/** A str. Lone surrogates become U+FFFD. */
export function putText(bytes: Uint8Array, at: number, text: string): number {
  const length = text.length;
  if (length > 31) return putLongText(bytes, at, text);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return putLongText(bytes, at, text);
    bytes[at + 1 + i] = unit;
  }
  bytes[at] = 0xa0 | length;
  return at + 1 + length;
}

function putLongText(bytes: Uint8Array, at: number, text: string): number {
  const length = utf8Length(text);
  if (length < 32) bytes[at++] = 0xa0 | length;
  else at = putLength(bytes, at, length, 0xd9);
  return putUtf8(bytes, at, text);
}

/** bytes[from, to) of `source` as a bin. */
export function putBin(bytes: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  at = putLength(bytes, at, to - from, 0xc4);
  if (to - from > 32) bytes.set(source.subarray(from, to), at);
  else for (let i = from; i < to; i++) bytes[at + i - from] = source[i]!;
  return at + to - from;
}

/** Values that are encoded already. */
export function putRaw(bytes: Uint8Array, at: number, source: Uint8Array): number {
  bytes.set(source, at);
  return at + source.length;
}

/** `first` is the head byte with a length of one byte; those with two and four follow it. */
function putLength(bytes: Uint8Array, at: number, length: number, first: number): number {
  if (length < 0x100) {
    bytes[at] = first;
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length < 0x10000) {
    bytes[at] = first + 1;
    bytes[at + 1] = length >>> 8;
    bytes[at + 2] = length & 0xff;
    return at + 3;
  }
  bytes[at] = first + 2;
  return put32(bytes, at + 1, length);
}

/** The header of an array of `count` values. */
export function putArray(bytes: Uint8Array, at: number, count: number): number {
  return putCount(bytes, at, count, 0x90, 0xdc);
}

/** The header of a map of `count` pairs. */
export function putMap(bytes: Uint8Array, at: number, count: number): number {
  return putCount(bytes, at, count, 0x80, 0xde);
}

function putCount(bytes: Uint8Array, at: number, count: number, short: number, long: number): number {
  if (count < 16) {
    bytes[at] = short | count;
    return at + 1;
  }
  if (count < 0x10000) {
    bytes[at] = long;
    bytes[at + 1] = count >>> 8;
    bytes[at + 2] = count & 0xff;
    return at + 3;
  }
  bytes[at] = long + 1;
  return put32(bytes, at + 1, count);
}

export function putBool(bytes: Uint8Array, at: number, value: boolean): number {
  bytes[at] = value ? 0xc3 : 0xc2;
  return at + 1;
}
