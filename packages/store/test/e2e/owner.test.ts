import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { claim, disown, ownerOf, wasLeftOpen } from '../../src/owner.js';
import { removeDirectory, temporaryDirectory } from '../temporary-directory.js';

let dir: string;
let file: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = temporaryDirectory();
  file = join(dir, 'owner');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  disown(dir);
  removeDirectory(dir);
});

const soon = { hereMs: 50, elsewhereMs: 50 };

interface Note {
  pid: number;
  host: string;
  since: string;
  start: string;
  place: string;
}

/** What a process notes that has the store open; `change` makes it another's. */
async function note(change: Partial<Note>): Promise<Note> {
  await claim(dir);
  const mine = JSON.parse(readFileSync(file, 'utf8')) as Note;
  disown(dir);
  const other = { ...mine, ...change };
  writeFileSync(file, JSON.stringify(other));
  return other;
}

const startOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';

test('a living owner is refused by process, host and time', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  const pid = child.pid as number;
  const { host, since } = await note({ pid, start: startOf(pid) });
  expect(ownerOf(dir)?.pid).toBe(pid);
  await expect(claim(dir, soon)).rejects.toMatchObject({
    code: 'store_in_use',
    message: expect.stringContaining(`process ${pid} on ${host} has ${dir} open since ${since}; stop it first`),
  });
});

test('an owner that was killed is taken over from, and its store was left open', async () => {
  await note({ pid: process.pid, start: 'of a process that had this number before' });
  expect(ownerOf(dir)).toBeUndefined();
  expect(wasLeftOpen(dir)).toBe(true);
  await claim(dir, soon);
  expect(ownerOf(dir)?.pid).toBe(process.pid);
  disown(dir);
  expect(wasLeftOpen(dir)).toBe(false);
});

test('an owner in another place is alive as long as it touches its file', async () => {
  await note({ pid: 1, place: 'another boot and pid:[1]', host: 'elsewhere' });
  let at = 1;
  const beat = setInterval(() => utimesSync(file, at, at++), 5);
  try {
    await expect(claim(dir, { hereMs: 0, elsewhereMs: 10_000 })).rejects.toMatchObject({
      code: 'store_in_use',
      message: expect.stringContaining('process 1 on elsewhere'),
    });
  } finally {
    clearInterval(beat);
  }
});

test('an owner in another place that does not touch its file any more is dead', async () => {
  await note({ pid: 1, place: 'another boot and pid:[1]' });
  await claim(dir, soon);
  expect(ownerOf(dir)?.pid).toBe(process.pid);
});

test('the file of a version that noted process and start alone is understood', async () => {
  writeFileSync(file, `${process.ppid} ${startOf(process.ppid)}\n`);
  await expect(claim(dir, soon)).rejects.toMatchObject({ code: 'store_in_use' });
  writeFileSync(file, `${process.ppid} 1\n`);
  await claim(dir, soon);
});

test('of many that claim a store whose owner was killed exactly one gets it', async () => {
  await note({ start: 'of a process that had this number before' });
  const script = `
    const { claim } = await import(process.argv[1]);
    process.on('message', async () => {
      process.send(await claim(process.argv[2], { hereMs: 20, elsewhereMs: 20 }).then(() => 'claimed', (error) => error.code));
    });
    process.send('here');
  `;
  const built = new URL('../../dist/owner.js', import.meta.url).href;
  const claimants = Array.from({ length: 6 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, built, dir], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    children.push(child);
    return child;
  });
  const heard = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('message', resolve));
  await Promise.all(claimants.map(heard));
  const answers = claimants.map(heard);
  for (const child of claimants) child.send('go');
  const said = (await Promise.all(answers)).map(String).toSorted();
  expect(said).toEqual(['claimed', ...Array.from({ length: 5 }, () => 'store_in_use')]);
  expect(existsSync(file)).toBe(true);
});
