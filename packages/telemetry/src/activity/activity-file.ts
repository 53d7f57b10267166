import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnHead } from './column.js';
import { encodeHead, encodeRecord, recordBytes } from './layout.js';
import type { ActivityHead, ActivityRecord } from './layout.js';
import { scan } from './scan.js';

/** The file in the data directory, and the one before it: of another size, of other columns, or damaged. */
export const activityFile = (data: string): string => join(data, 'activity.rec');
export const olderActivityFile = (data: string): string => join(data, 'activity.older.rec');

/** A file to record in: bounded, and whole after a crash but for the record that was being written. */
export class ActivityFile {
  readonly #file: FileHandle;
  readonly #start: number;
  readonly #capacity: number;
  readonly #bytes: Buffer;
  #next: number;
  #writing: Promise<unknown> | null = null;
  /** Records that were not written because the one before them still was. */
  skipped = 0;

  private constructor(file: FileHandle, start: number, head: ActivityHead, next: number) {
    this.#file = file;
    this.#start = start;
    this.#capacity = head.capacity;
    this.#bytes = Buffer.alloc(recordBytes(head));
    this.#next = next;
  }

  /**
   * Goes on where the file in this directory ends. One that is of another kind is put aside; the one that lay there goes.
   * @throws what the file system throws
   */
  static async open(data: string, columns: readonly ColumnHead[], capacity: number): Promise<ActivityFile> {
    const head: ActivityHead = {
      columns: columns.map(({ name, unit, kind }) => ({ name, unit, kind })),
      capacity,
    };
    const path = activityFile(data);
    let newest = 0;
    const found = await scan(path, ({ number }) => {
      newest = Math.max(newest, number);
    }).catch(absent);
    if (found === null || JSON.stringify(found?.head) !== JSON.stringify(head)) {
      if (found !== null) await rename(path, olderActivityFile(data));
      await create(path, head);
      newest = 0;
    }
    return new ActivityFile(await open(path, 'r+'), encodeHead(head).length, head, newest + 1);
  }

  /** Writes the next record, without waiting for it. @throws what the file system throws, later */
  append(record: Omit<ActivityRecord, 'number'>): Promise<void> {
    if (this.#writing !== null) {
      this.skipped++;
      return Promise.resolve();
    }
    const number = this.#next++;
    encodeRecord(this.#bytes, { number, ...record });
    const at = this.#start + (number % this.#capacity) * this.#bytes.length;
    const written = this.#file.write(this.#bytes, 0, this.#bytes.length, at);
    this.#writing = written;
    return written.then(
      () => {
        this.#writing = null;
      },
      (error: unknown) => {
        this.#writing = null;
        throw error;
      },
    );
  }

  async close(): Promise<void> {
    await this.#writing?.catch(() => undefined); // told to whoever appended it
    await this.#file.close();
  }
}

/** Made whole under another name: a crash leaves no file without its head. */
async function create(path: string, head: ActivityHead): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.write(encodeHead(head));
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}

/** Removes what was recorded. */
export async function forgetActivity(data: string): Promise<void> {
  for (const path of [activityFile(data), olderActivityFile(data)]) await rm(path, { force: true });
}
