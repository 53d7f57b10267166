import { readlinkSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

/** Directories that are flushed while `work` runs, in order, as the kernel names what the descriptors stand for. */
export async function flushedWhile(work: () => Promise<unknown>): Promise<string[]> {
  const handle = await open('/', 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = prototype;
  const flushed: string[] = [];
  prototype.sync = function (this: FileHandle): Promise<void> {
    flushed.push(readlinkSync(`/proc/self/fd/${this.fd}`));
    return sync.call(this);
  };
  try {
    await work();
  } finally {
    prototype.sync = sync;
  }
  return flushed;
}
