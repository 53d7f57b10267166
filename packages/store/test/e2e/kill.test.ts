import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { checkStore, openLmdbStore } from '../../src/index.js';
import { END } from '../mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from '../temporary-directory.js';

const CHILD = fileURLToPath(new URL('killed-child.mjs', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const KILLS = 50;

/** Runs the child until it has reported `batches` commits, kills it, and gives the last one reported. */
async function commitAndKill(dir: string, first: number, batches: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, BUILT, dir, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let last = -1;
  let rest = '';
  for await (const chunk of child.stdout) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== 'open') last = Number(line);
    if (lines.length > 0 && last >= first + batches - 1) child.kill('SIGKILL');
  }
  await ended; // its pipe closes a moment before it is dead
  return last;
}

test('checkStore refuses a store that another process writes to, and names it', async () => {
  const dir = temporaryDirectory();
  const child = spawn(process.execPath, [CHILD, BUILT, dir, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(checkStore(dir)).rejects.toMatchObject({
      code: 'store_in_use',
      message: expect.stringContaining(`process ${child.pid} on `),
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  expect((await checkStore(dir)).problems).toEqual([]);
  removeDirectory(dir);
});

test(`after each of ${KILLS} SIGKILLs every resolved commit is there, nothing half, and the store is clean`, async () => {
  expect(existsSync(BUILT)).toBe(true);
  const dir = temporaryDirectory();
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  let state = seed;
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const resolved = await commitAndKill(dir, next, state % 12);
    const report = await checkStore(dir);
    expect({ seed, kill, problems: report.problems }).toEqual({ seed, kill, problems: [] });
    // The ledger is part of every batch: it tells which batch is the last that is there.
    const found = report.ledger.accepted / 10;
    expect(found).toBeGreaterThanOrEqual(resolved + 1);
    expect(report.pending.messages).toBe(report.ledger.accepted - report.ledger.delivered);
    next = found;
  }
  const store = await openLmdbStore(dir);
  for (let n = 0; n < next; n++)
    for (const i of [0, 1]) {
      const keys = store.read(`user ${i} of ${n}`, -1, END, 10, 1e6).map((m) => m.key);
      expect({ n, i, keys }).toEqual({ n, i, keys: i === 0 || n >= next - 5 ? [n * 10 + i] : [] });
    }
  expect(store.openings[0]).toBeGreaterThan(KILLS);
  await store.close();
  removeDirectory(dir);
}, 120_000);
