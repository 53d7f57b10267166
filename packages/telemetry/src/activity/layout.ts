/**
 * A file of records of one size, used in a ring. Little-endian.
 *
 *     head     0 "MBACTIV1"   8 u32 CRC32 of everything from byte 12 to the end of the JSON
 *              12 u32 bytes of the JSON   16 JSON: columns, capacity; then zeros up to a multiple of 4,096
 *     record   0 u32 CRC32 of everything from byte 4   4 u32 number of columns
 *              8 f64 number   16 f64 time   24 f64 monotonic time   32 f64 start of the process   40 f64 for each column
 *
 * Records count from 1, and record n lies at n modulo capacity. Times are ms. NaN: not known.
 */
import { crc32 } from 'node:zlib';
import type { ColumnHead } from './column.js';

const MAGIC = 'MBACTIV1';
const PAGE = 4_096;
const JSON_AT = 16;
const VALUES_AT = 40;

/** The head of a file. */
export interface ActivityHead {
  readonly columns: readonly ColumnHead[];
  /** Records that fit in; the oldest is then written over. */
  readonly capacity: number;
}

/** What was recorded in one second. */
export interface ActivityRecord {
  readonly number: number;
  /** Ms since the epoch. */
  readonly at: number;
  /** Monotonic ms of its process. */
  readonly mono: number;
  /** Start of its process, ms since the epoch. */
  readonly run: number;
  /** By column, as they were read: counts are not rates yet. */
  readonly values: Float64Array;
}

export const recordBytes = ({ columns }: Pick<ActivityHead, 'columns'>): number => VALUES_AT + 8 * columns.length;

export function encodeHead(head: ActivityHead): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.alloc(Math.ceil((JSON_AT + json.length) / PAGE) * PAGE);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(json.length, 12);
  json.copy(bytes, JSON_AT);
  bytes.writeUInt32LE(crc32(bytes.subarray(12, JSON_AT + json.length)), 8);
  return bytes;
}

/** The head and its bytes; undefined where this is none. @param start of the file: at least its first 64 KiB */
export function decodeHead(start: Buffer): { readonly head: ActivityHead; readonly bytes: number } | undefined {
  if (start.length < JSON_AT || start.toString('latin1', 0, 8) !== MAGIC) return undefined;
  const end = JSON_AT + start.readUInt32LE(12);
  if (end > start.length || crc32(start.subarray(12, end)) !== start.readUInt32LE(8)) return undefined;
  const head = JSON.parse(start.toString('utf8', JSON_AT, end)) as ActivityHead;
  return { head, bytes: Math.ceil(end / PAGE) * PAGE };
}

/** Writes a record into its bytes, the sum last. */
export function encodeRecord(bytes: Buffer, { number, at, mono, run, values }: ActivityRecord): void {
  bytes.writeUInt32LE(values.length, 4);
  for (const [i, value] of [number, at, mono, run].entries()) bytes.writeDoubleLE(value, 8 + 8 * i);
  for (let i = 0; i < values.length; i++) bytes.writeDoubleLE(values[i]!, VALUES_AT + 8 * i);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
}

/** A record; null: nothing was ever written there; undefined: torn. */
export function decodeRecord(bytes: Buffer): ActivityRecord | null | undefined {
  const columns = bytes.readUInt32LE(4);
  const sum = bytes.readUInt32LE(0);
  if (columns === 0 && sum === 0 && bytes.every((byte) => byte === 0)) return null;
  if (columns !== (bytes.length - VALUES_AT) / 8 || crc32(bytes.subarray(4)) !== sum) return undefined;
  const values = new Float64Array(columns);
  for (let i = 0; i < columns; i++) values[i] = bytes.readDoubleLE(VALUES_AT + 8 * i);
  const [number, at, mono, run] = [8, 16, 24, 32].map((place) => bytes.readDoubleLE(place));
  return { number: number!, at: at!, mono: mono!, run: run!, values };
}
