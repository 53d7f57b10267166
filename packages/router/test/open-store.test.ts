import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Logger } from '../src/log/log.js';
import { openStore } from '../src/open-store.js';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'mailbeam-open-'))));
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

test('a new data directory and those above it have their names on disk before the store is open', async () => {
  const root = await open(dir, 'r');
  const prototype = Object.getPrototypeOf(root) as FileHandle;
  await root.close();
  const flushed: string[] = [];
  const { sync } = prototype;
  jest.spyOn(prototype, 'sync').mockImplementation(function (this: FileHandle) {
    flushed.push(readlinkSync(`/proc/self/fd/${this.fd}`));
    return sync.call(this);
  });
  const store = await openStore(join(dir, 'srv/mailbeam'), {} as Logger);
  await store.close();
  expect(flushed.slice(0, 2)).toEqual([join(dir, 'srv'), dir]);
});
