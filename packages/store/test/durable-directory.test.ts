import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { flushNames, makeDurably } from '../src/durable-directory.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

let dir: string;
beforeEach(() => void (dir = temporaryDirectory()));
afterEach(() => removeDirectory(dir));

test('a directory is made with those above it, and may be there already', async () => {
  const deep = join(dir, 'a/b/c');
  await makeDurably(deep);
  await makeDurably(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
});

test('the names of a directory that is not there cannot be flushed', async () => {
  await expect(flushNames(join(dir, 'nowhere'))).rejects.toThrow('ENOENT');
});
