import { decodeAny, encodeAny } from '@mailbeam/protocol';
import { crc32 } from 'node:zlib';

type Changes = ReadonlyMap<string, Uint8Array | undefined>;

// A batch, little-endian:
//
//   0        4        8
//   +--------+--------+----------------------------------------+
//   | length | crc32  | MessagePack [[key, value or nil], ...] |
//   +--------+--------+----------------------------------------+
//
// `length` and `crc32` are of the MessagePack part.
const headBytes = 8;

/** The bytes of one batch. */
export function encodeBatch(changes: Changes): Uint8Array {
  const payload = encodeAny([...changes].map(([key, value]) => [key, value ?? null]));
  const batch = new Uint8Array(headBytes + payload.length);
  const view = new DataView(batch.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint32(4, crc32(payload), true);
  batch.set(payload, headBytes);
  return batch;
}

/**
 * Reads the batches of a log in order. Answers where the last good one ends, and whether what follows is damage; it is
 * not where it can be the rest of one batch whose writing was cut off: then nothing good stands behind it.
 */
export function readBatches(bytes: Uint8Array, apply: (changes: Changes) => void): { end: number; damaged: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    if (at + headBytes > bytes.length) return { end: at, damaged: false };
    const length = view.getUint32(at, true);
    const end = at + headBytes + length;
    if (end > bytes.length) return { end: at, damaged: false };
    const payload = bytes.slice(at + headBytes, end);
    if (length === 0 || crc32(payload) !== view.getUint32(at + 4, true)) {
      return { end: at, damaged: end < bytes.length && !allZero(bytes.subarray(at)) };
    }
    const changes = readChanges(payload);
    if (changes === undefined) return { end: at, damaged: true };
    apply(changes);
    at = end;
  }
  return { end: at, damaged: false };
}

function readChanges(payload: Uint8Array): Changes | undefined {
  const list = decodeAny(payload);
  if (!Array.isArray(list)) return undefined;
  const changes = new Map<string, Uint8Array | undefined>();
  for (const pair of list as unknown[]) {
    if (!Array.isArray(pair)) return undefined;
    const [key, value] = pair as unknown[];
    if (typeof key !== 'string') return undefined;
    if (value instanceof Uint8Array) changes.set(key, value);
    else if (value === null) changes.set(key, undefined);
    else return undefined;
  }
  return changes;
}

function allZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
