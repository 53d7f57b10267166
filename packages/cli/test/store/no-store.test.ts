import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { restoreCommand } from '../../src/store/restore-command.js';
import { salvageCommand } from '../../src/store/salvage-command.js';
import { RecordedOutput } from '../code/recorded-output.js';

let parent: string;
const at = (name: string): string => path.join(parent, name);
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'mailbeam-no-store-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

test('a mistyped backup is said to be none, and nothing is made', async () => {
  const restored = restoreCommand(at('bakcup'), { data: at('data') }, new RecordedOutput());
  await expect(restored).rejects.toMatchObject({
    message: `there is no backup in ${at('bakcup')}`,
    hint: '`mailbeam store backup DIR` makes one',
  });
  expect(existsSync(at('data'))).toBe(false);
});

test('a mistyped directory is not salvaged, and nothing is made', async () => {
  const salvaged = salvageCommand(at('dtaa'), at('fresh'), {}, new RecordedOutput());
  await expect(salvaged).rejects.toMatchObject({
    message: `there is no store in ${at('dtaa')}`,
    hint: 'OLD is the damaged data directory',
  });
  expect(existsSync(at('fresh'))).toBe(false);
});
