import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Output } from '../../src/output.js';
import { showingCopy } from '../../src/store/copy-progress.js';

let dir: string;
let shown: string[];
const output = { progress: (text: string) => void shown.push(text) } as unknown as Output;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mailbeam-copy-'));
  shown = [];
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(dir, { recursive: true });
});

test('how large a copy has become is shown as long as it grows, and no more once the work is done', async () => {
  const file = join(dir, 'data.mdb');
  const done = await showingCopy(file, 3_000_000, output, async () => {
    jest.advanceTimersByTime(1_000);
    appendFileSync(file, Buffer.alloc(1_200_000));
    jest.advanceTimersByTime(500);
    jest.advanceTimersByTime(5_000); // it is read now: what is told of that is not written over
    appendFileSync(file, Buffer.alloc(300_000));
    jest.advanceTimersByTime(500);
    return Promise.resolve('done');
  });
  appendFileSync(file, Buffer.alloc(300_000));
  jest.advanceTimersByTime(5_000);
  expect(done).toBe('done');
  expect(shown).toEqual(['1.2 MB of 3.0 MB copied', '1.5 MB of 3.0 MB copied']);
});

test('of a copy whose size nobody knows beforehand only what is there is shown, also when the work fails', async () => {
  const file = join(dir, 'data.mdb');
  const work = (): Promise<never> => {
    appendFileSync(file, Buffer.alloc(1_200_000));
    jest.advanceTimersByTime(500);
    return Promise.reject(new Error('no room'));
  };
  await expect(showingCopy(file, 0, output, work)).rejects.toThrow('no room');
  expect([shown, jest.getTimerCount()]).toEqual([['1.2 MB copied'], 0]);
});
