import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StateError } from '../errors.js';
import { FileLock } from './file-lock.js';
import { encodeBatch, readBatches } from './state-log.js';
import type { StateStore } from './state-store.js';

/** How a file keeps the state. */
export interface FileStateOptions {
  /** Whether each write waits until it is on the disk, so that a power cut loses nothing either. Default true. */
  readonly sync?: boolean;
  /** The file is written anew when it is larger than this and than four times what it holds, bytes. Default 1 MiB. */
  readonly compactBytes?: number;
}

/**
 * State in a file: survives restarts of the program and, with `sync`, of the machine. The file is a log of batches,
 * readable by its owner only; beside it stands `PATH.lock` while a client uses it. The directory must exist.
 */
export function fileState(path: string, options: FileStateOptions = {}): StateStore {
  return new FileState(resolve(path), options.sync ?? true, options.compactBytes ?? 1024 * 1024);
}

class FileState implements StateStore {
  private readonly path: string;
  private readonly sync: boolean;
  private readonly compactBytes: number;
  private readonly lock: FileLock;
  private values = new Map<string, Uint8Array>();
  private liveBytes = 0;
  private file: FileHandle | undefined;
  private length = 0;

  constructor(path: string, sync: boolean, compactBytes: number) {
    this.path = path;
    this.sync = sync;
    this.compactBytes = compactBytes;
    this.lock = new FileLock(`${path}.lock`);
  }

  async open(): Promise<Map<string, Uint8Array>> {
    await this.lock.take();
    try {
      await this.read();
      return new Map(this.values);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async write(changes: ReadonlyMap<string, Uint8Array | undefined>): Promise<void> {
    const { file } = this;
    if (file === undefined) throw new StateError('state_damaged', `${this.path} is not open`);
    const batch = encodeBatch(changes);
    // At a place of its own, so that a batch of which only a part was written is written over at the next try.
    await writeAll(file, batch, this.length);
    if (this.sync) await file.datasync();
    this.length += batch.length;
    this.apply(changes);
    if (this.length > this.compactBytes && this.length > this.liveBytes * 4) await this.compact();
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    this.values = new Map();
    await file?.close();
    await this.lock.release();
  }

  private async read(): Promise<void> {
    this.values = new Map();
    this.liveBytes = 0;
    // Not 'r+', which fails where there is none, nor 'a+', which writes at the end only.
    const file = await open(this.path, (await exists(this.path)) ? 'r+' : 'w+', 0o600);
    this.file = file;
    const bytes = await file.readFile();
    const { end, damaged } = readBatches(bytes, (changes) => this.apply(changes));
    if (damaged) throw new StateError('state_damaged', `${this.path} is damaged at byte ${end}`);
    // What a crash left half written.
    if (end < bytes.length) await file.truncate(end);
    this.length = end;
    if (this.sync) await syncDirectory(this.path);
  }

  private apply(changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    for (const [key, value] of changes) {
      const before = this.values.get(key);
      if (before !== undefined) this.liveBytes -= key.length + before.length;
      if (value === undefined) {
        this.values.delete(key);
      } else {
        this.values.set(key, new Uint8Array(value));
        this.liveBytes += key.length + value.length;
      }
    }
  }

  /** Writes a new file with what is held now and puts it in the place of the old one. */
  private async compact(): Promise<void> {
    const batch = encodeBatch(this.values);
    const path = `${this.path}.new`;
    await rm(path, { force: true });
    const file = await open(path, 'wx+', 0o600);
    try {
      await writeAll(file, batch, 0);
      if (this.sync) await file.datasync();
      await rename(path, this.path);
    } catch (error) {
      await file.close();
      throw error;
    }
    const old = this.file;
    this.file = file;
    this.length = batch.length;
    await old?.close();
    if (this.sync) await syncDirectory(this.path);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await (await open(path, 'r')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
