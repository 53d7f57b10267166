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

/**
 * Calls `visit` with each record of a file, in no order. Undefined where the file is none of ours. In slices: a node does it
 * while it runs.
 * @throws what the file system throws
 */
export async function scan(path: string, visit: (record: ActivityRecord) => void): Promise<Scan | undefined> {
  const file = await open(path, 'r');
  try {
    const first = await bytesAt(file, 0, MOST_HEAD_BYTES);
    const found = decodeHead(first);
    if (found === undefined) return undefined;
    const { head, bytes: start } = found;
    const size = recordBytes(head);
    const torn: number[] = [];
    const step = Math.max(1, Math.floor(CHUNK_BYTES / size)) * size;
    const end = start + head.capacity * size;
    for (let at = start; at < end; at += step) {
      const chunk = await bytesAt(file, at, Math.min(step, end - at));
      for (let place = 0; place < chunk.length; place += size) {
        const record = readable(chunk.subarray(place, place + size), size);
        if (record === undefined) torn.push(at + place);
        else if (record !== null) visit(record);
      }
      if (chunk.length < Math.min(step, end - at)) break;
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

function readable(bytes: Buffer, size: number): ActivityRecord | null | undefined {
  return bytes.length < size ? undefined : decodeRecord(bytes);
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
