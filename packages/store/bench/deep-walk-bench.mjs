/**
 * What it costs to find the deep mailboxes of a store after a start: node --expose-gc packages/store/bench/deep-walk-bench.mjs [messages]
 * Slices and pauses are those of the router's census.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '../dist/index.js';

const MESSAGES = Number(process.argv[2] ?? 2_000_000);
const LEAST = 100;
const SLICE_MS = 1;
const PAUSE_MS = 4;
const body = Buffer.alloc(100, 'x');

const stores = {
  'two in each mailbox': (n) => `user-${(n * 7_919) % (MESSAGES / 2)}`,
  '200 in each mailbox': (n) => `user-${(n * 7_919) % (MESSAGES / 200)}`,
  'half of them in one': (n) => (n % 2 === 0 ? 'one' : `user-${n % 100_001}`),
};

async function fill(store, userOf) {
  for (let key = 0; key < MESSAGES;) {
    const batch = store.begin();
    for (let n = 0; n < 2_000 && key < MESSAGES; n++) {
      const message = { from: 'ann', origin: 1, cid: key, ts: 1, expiresAt: 0 };
      batch.append(userOf(key), { ...message, key: ++key, bytes: body, bodyStart: 0, bodyEnd: body.length });
    }
    await store.commit(batch);
  }
  await store.settle();
  await store.close();
}

async function walkOver(store) {
  const slices = [];
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let deep = 0;
  for (const walk = store.deepMailboxes(LEAST); !walk.isOver;) {
    const before = process.cpuUsage();
    walk.step(performance.now() + SLICE_MS, (user) => {
      if (store.count(user).messages >= LEAST) deep++;
      store.read(user, 0, Number.MAX_SAFE_INTEGER, 1, 1);
    });
    const { user, system } = process.cpuUsage(before);
    slices.push((user + system) / 1e3);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const { user, system } = process.cpuUsage(cpu);
  slices.sort((a, b) => a - b);
  return {
    deep,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - begun) / 1e3,
    p99Ms: slices[Math.floor(slices.length * 0.99)],
    mostMs: slices.at(-1),
  };
}

for (const [name, userOf] of Object.entries(stores)) {
  const dir = mkdtempSync(join(tmpdir(), 'mailbeam-deep-walk-'));
  await fill(await openLmdbStore(dir), userOf);
  const store = await openLmdbStore(dir);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const figures = await walkOver(store);
  globalThis.gc?.();
  console.log(name, { ...figures, heapGrowthMB: (process.memoryUsage().heapUsed - before) / 1e6 });
  await store.close();
  rmSync(dir, { recursive: true, force: true });
}
