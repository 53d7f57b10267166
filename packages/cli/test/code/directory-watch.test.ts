import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DirectoryWatch } from '../../src/code/directory-watch.js';

let directory: string;
let watch: DirectoryWatch | undefined;
let heard: string[];
let onHeard: (() => void)[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'mailbeam-watch-'));
  heard = [];
  onHeard = [];
});

afterEach(async () => {
  watch?.close();
  await rm(directory, { recursive: true });
});

const at = (name: string): string => path.join(directory, name);

async function open(): Promise<void> {
  watch = await DirectoryWatch.open(directory, (file) => {
    heard.push(file);
    for (const wake of onHeard.splice(0)) wake();
  });
}

/** Settles when that file has been told of; forgets what was told. */
async function told(name: string): Promise<void> {
  while (!heard.includes(at(name))) await new Promise<void>((resolve) => onHeard.push(resolve));
  heard.length = 0;
}

describe('a watched directory', () => {
  test('tells of a file that is written, replaced by renaming, and written again', async () => {
    await mkdir(at('sub'));
    await writeFile(at('sub/echo.ts'), '1');
    await open();
    await writeFile(at('sub/echo.ts'), '2');
    await told('sub/echo.ts');
    await writeFile(at('sub/new'), '3');
    await told('sub/new');
    await rename(at('sub/new'), at('sub/echo.ts'));
    await told('sub/echo.ts');
    await writeFile(at('sub/echo.ts'), '4');
    await told('sub/echo.ts');
  });

  test('tells of files in a directory that comes later, also when it went and comes again', async () => {
    await open();
    for (let time = 0; time < 2; time++) {
      await mkdir(at('later/deep'), { recursive: true });
      await writeFile(at('later/deep/echo.ts'), '1');
      await told('later/deep/echo.ts');
      await writeFile(at('later/deep/echo.ts'), '2');
      await told('later/deep/echo.ts');
      await rm(at('later'), { recursive: true });
      await told('later');
    }
  });

  test('passes over node_modules and hidden directories', async () => {
    for (const name of ['node_modules', '.git']) await mkdir(at(name));
    await open();
    for (const name of ['node_modules', '.git']) await writeFile(at(`${name}/x.ts`), '1');
    await writeFile(at('last.ts'), '1');
    while (!heard.includes(at('last.ts'))) await new Promise<void>((resolve) => onHeard.push(resolve));
    expect(new Set(heard)).toEqual(new Set([at('last.ts')]));
  });

  test('that is not there is said so', async () => {
    await expect(DirectoryWatch.open(at('gone'), () => undefined)).rejects.toThrow(/there is no such directory/);
  });
});
