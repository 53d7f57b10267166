import { existsSync } from 'node:fs';
import { open, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { processGone } from '../start/spawned-start.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;
const data = (name: string): string => path.join(router.line.directory, 'data', name);

beforeEach(async () => {
  router = await RealRouter.start();
  expect((await router.send('alice', 'bob', 'safe')).code).toBe(0);
});

afterEach(async () => {
  await router.dispose();
});

/** Ends parent and node without a chance to close anything. */
async function killAll(): Promise<void> {
  const node = await router.nodePid();
  router.parent.process.kill('SIGKILL');
  process.kill(node, 'SIGKILL');
  await processGone(node);
  await router.parent.finished;
  expect(existsSync(data('owner'))).toBe(true);
}

/** Changes a byte wherever that text stands in the data file. */
async function damage(text: string): Promise<void> {
  const file = await open(data('data.mdb'), 'r+');
  const bytes = await file.readFile();
  let damaged = 0;
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1), damaged++)
    await file.write(Buffer.from('#'), 0, 1, at);
  await file.close();
  expect(damaged).toBeGreaterThan(0);
}

test('a data file that was cut off while nobody closed it is store_corrupt, with what to do, at the first start', async () => {
  await killAll();
  await truncate(data('data.mdb'), 8_192);
  const refused = await router.startAgain().finished;
  expect(refused.code).toBe(6);
  expect(refused.stderr).toMatch(/the data on disk is damaged: .*mailbeam store salvage.*\(store_corrupt\)/);
  expect(refused.stderr).not.toMatch(/the node died/);
});

test('one that was cut off after it was closed in good order is found when it has ended the node', async () => {
  await router.stop();
  expect(existsSync(data('owner'))).toBe(false);
  await truncate(data('data.mdb'), 8_192);
  const refused = await router.startAgain().finished;
  expect(refused.code).toBe(6);
  expect(refused.stderr).toMatch(/the data on disk is damaged: .*mailbeam store salvage.*\(store_corrupt\)/);
  expect(refused.stderr.match(/\(store_corrupt\)/g)).toHaveLength(1);
});

test('a damaged row that nobody has read since is found before a store left open is opened', async () => {
  await router.stop();
  await damage('{"origin"');
  const left = await open(data('owner'), 'w');
  await left.close();
  const refused = await router.startAgain().finished;
  expect(refused.code).toBe(6);
  expect(refused.stderr).toMatch(
    /the checksum of row [0-9a-f]{16} of the table senders does not fit.*\(store_corrupt\)/,
  );
});

test('a node that reads a damaged row says so, and never hands out what it read', async () => {
  await router.stop();
  await damage('{"origin"');
  const again = router.startAgain([], { MAILBEAM_RESTART_INTENSITY: '0' });
  await again.shows('stdout', /"ready":true/);
  router.as('listen', 'alice'); // the client that has sent: its row is read
  const ended = await again.finished;
  expect(ended.code).toBe(7);
  expect(ended.stderr).toMatch(
    /the node died too often; the last time: the data on disk is damaged: the checksum of row/,
  );
});

/** Ends the child of a process that reads a store, once there is one. */
async function killReaderOf(parent: number): Promise<void> {
  for (;;) {
    const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
    for (const pid of children.split(' ').filter(Boolean)) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has ended meanwhile
      if (command.includes('store-process.js')) return void process.kill(Number(pid), 'SIGKILL');
    }
  }
}

test('a reader that somebody ends has found no damage: the store is opened', async () => {
  await killAll();
  const again = router.startAgain();
  await killReaderOf(again.process.pid as number);
  await again.shows('stdout', /"ready":true/);
  expect(again.stderr).not.toContain('damaged');
});

test('a store that was only left open is read, and opened', async () => {
  await killAll();
  const again = router.startAgain();
  await again.shows('stdout', /"ready":true/);
  again.process.kill('SIGTERM');
  expect((await again.finished).code).toBe(0);
});
