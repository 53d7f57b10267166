import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { decodeHead, decodeRecord, recordBytes } from './layout.js';
import type { ActivityHead, ActivityRecord } from './layout.js';

const MOST_HEAD_BYTES = 256 << 10;
const CHUNK_BYTES = 1 << 20;

/** What stands in a file, whole records only. */
export interface Scan {
  readonly head: ActivityHead;
  /** Where the first record lies. */
  readonly start: number;
  /** Records that cannot be read: cut off in the middle of a write, or damaged. */
  readonly torn: number;
}

/** Records by their numbers, both included. */
export interface RecordRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Calls `visit` with each record of a file, in no order. Undefined where the file is none of ours. In slices: a node does it
 * while it runs.
 * @param range only these, which costs no more than they are; default: all
 * @throws what the file system throws
 */
export async function scan(
  path: string,
  visit: (record: ActivityRecord) => void,
  range?: RecordRange,
): Promise<Scan | undefined> {
  const file = await open(path, 'r');
  try {
    const first = await bytesAt(file, 0, MOST_HEAD_BYTES);
    const found = decodeHead(first);
    if (found === undefined) return undefined;
    const { head, bytes: start } = found;
    const size = recordBytes(head);
    const torn: number[] = [];
    const step = Math.max(1, Math.floor(CHUNK_BYTES / size)) * size;
    for (const [from, to] of placesOf(head.capacity, range)) {
      const end = start + to * size;
      for (let at = start + from * size; at < end; at += step) {
        const chunk = await bytesAt(file, at, Math.min(step, end - at));
        for (let place = 0; place < chunk.length; place += size) {
          const record = readable(chunk.subarray(place, place + size), size);
          if (record === undefined) torn.push(at + place);
          else if (record !== null) visit(record);
        }
        if (chunk.length < Math.min(step, end - at)) break;
      }
    }
    let lost = 0;
    for (const at of torn) {
      // it may have been under way: a node writes while we read
      const record = readable(await bytesAt(file, at, size), size);
      if (record === undefined) lost++;
      else if (record !== null) visit(record);
    }
    return { head, start, torn: lost };
  } finally {
    await file.close();
  }
}

/** Where these records lie in the ring: places from and up to, without the second. */
function placesOf(capacity: number, range: RecordRange | undefined): (readonly [from: number, to: number])[] {
  if (range === undefined || range.last - range.first + 1 >= capacity) return [[0, capacity]];
  const [from, to] = [range.first % capacity, (range.last % capacity) + 1];
  return from < to
    ? [[from, to]]
    : [
        [from, capacity],
        [0, to],
      ];
}

function readable(bytes: Buffer, size: number): ActivityRecord | null | undefined {
  return bytes.length < size ? undefined : decodeRecord(bytes);
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
