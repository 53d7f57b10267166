import { statSync } from 'node:fs';
import type { Output } from '../output.js';
import { count, megabytes } from './count.js';
import type { JobProgress } from './store-job.js';

const SHOW_EVERY_MS = 500;

/** Shows how large a copy has become while `work` makes it, as long as it grows. @param of bytes that it will have at most; 0 = not known */
export async function showingCopy<T>(file: string, of: number, output: Output, work: () => Promise<T>): Promise<T> {
  let before = 0;
  const shown = setInterval(() => {
    const bytes = sizeOf(file);
    if (bytes !== before) output.progress(`${megabytes(bytes)}${of > 0 ? ` of ${megabytes(of)}` : ''} copied`);
    before = bytes;
  }, SHOW_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(shown);
  }
}

/** Shows how much of a store has been read. */
export function showRead(output: Output): (progress: JobProgress) => void {
  return ({ rows = 0, messages }) => output.progress(`${count(rows)} rows, ${count(messages)} messages read`);
}

/** Size of a data file; 0 where there is none. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
