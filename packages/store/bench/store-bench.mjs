// CPU per message, memory and commit times of the LMDB store alone.
// node packages/store/bench/store-bench.mjs [few|many|deep|reopen|all] [--dir DIR]      (build first)
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '../dist/index.js';

const what = process.argv[2] ?? 'all';
const body = Buffer.alloc(100, 120);

function anonMegabytes() {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
}

function percentile(times, share) {
  const sorted = Float64Array.from(times).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Runs `work`, waits until the store is quiet, and prints CPU of all threads. */
async function measure(name, store, messages, work) {
  const times = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work(async (batch) => {
    const before = performance.now();
    await store.commit(batch);
    times.push(performance.now() - before);
  });
  const busy = performance.now() - start;
  const early = process.cpuUsage(cpu);
  await store.settle();
  const used = process.cpuUsage(cpu);
  const micros = (u) => (u.user + u.system) / messages;
  console.log(
    `${name.padEnd(44)} ${micros(used).toFixed(2)} us/message CPU (user ${(used.user / messages).toFixed(2)}, ` +
      `${micros(early).toFixed(2)} before settling) | ${Math.round((messages / busy) * 1000)}/s | commit p50 ${percentile(times, 0.5).toFixed(1)} ` +
      `p99 ${percentile(times, 0.99).toFixed(1)} max ${Math.max(...times).toFixed(1)} ms | RssAnon ${anonMegabytes().toFixed(0)} MB`,
  );
}

function shuffled(count) {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let state = 12345;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

let key = 0;
async function append(store, users, total, perBatch, inFlight, commit) {
  const order = shuffled(Math.max(users, total));
  const flying = new Set();
  for (let sent = 0; sent < total;) {
    const batch = store.begin();
    for (const end = Math.min(total, sent + perBatch); sent < end; sent++) {
      key += 1;
      batch.append(`user${order[sent] % users}`, {
        key,
        from: `sender${sent % 100}`,
        origin: 1,
        cid: sent,
        ts: 1.7e12,
        expiresAt: 0,
        bytes: body,
        bodyStart: 0,
        bodyEnd: 100,
      });
    }
    const done = commit(batch).then(() => flying.delete(done));
    flying.add(done);
    if (flying.size >= inFlight) await Promise.race(flying);
  }
  await Promise.all(flying);
}

async function drain(store, users, usersPerBatch, commit) {
  let got = 0;
  for (let user = 0; user < users;) {
    const batch = store.begin();
    for (const end = Math.min(users, user + usersPerBatch); user < end; user++) {
      const name = `user${user}`;
      store.receipts(name);
      let after = 0;
      for (;;) {
        const page = store.read(name, after, Number.MAX_SAFE_INTEGER, 256, 4 << 20);
        if (page.length === 0) break;
        got += page.length;
        after = page.at(-1).key;
        if (page.length < 256) break;
      }
      if (after > 0) batch.eraseUpTo(name, after);
    }
    await commit(batch);
  }
  return got;
}

async function withStore(run) {
  const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'store-bench-'));
  try {
    const store = await openLmdbStore(dir);
    await run(store, dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function storeAndDrain(users, total, perBatch, inFlight) {
  await withStore(async (store, dir) => {
    const title = `${total} to ${users} users, ${perBatch} a batch`;
    await measure(`store ${title}`, store, total, (commit) => append(store, users, total, perBatch, inFlight, commit));
    if (store.pending.messages !== total) throw new Error(`pending ${store.pending.messages}`);
    let got = 0;
    await measure(`drain ${title}`, store, total, async (commit) => {
      got = await drain(store, users, Math.max(1, Math.round((users * 1000) / total)), commit);
    });
    if (got !== total || store.pending.messages !== 0)
      throw new Error(`drained ${got}, pending ${store.pending.messages}`);
    await store.close();
    console.log(`  data file ${(statSync(join(dir, 'data.mdb')).size / 1e6).toFixed(0)} MB`);
  });
}

async function reopen(users) {
  await withStore(async (store, dir) => {
    const total = 2_000_000;
    await measure(`store ${total} to ${users} users`, store, total, (commit) =>
      append(store, users, total, 2000, 2, commit),
    );
    await store.close();
    globalThis.gc?.();
    console.log(
      `  closed: RssAnon ${anonMegabytes().toFixed(0)} MB, data file ${(statSync(join(dir, 'data.mdb')).size / 1e6).toFixed(0)} MB`,
    );
    const { spawnSync } = await import('node:child_process');
    const child = spawnSync(process.execPath, [new URL(import.meta.url).pathname, 'open', dir], { encoding: 'utf8' });
    process.stdout.write(child.stdout + child.stderr);
  });
}

if (what === 'open') {
  const start = performance.now();
  const store = await openLmdbStore(process.argv[3]);
  const ms = performance.now() - start;
  console.log(
    `  open with ${store.pending.messages} pending: ${ms.toFixed(0)} ms (process ${process.uptime().toFixed(2)} s), RssAnon ${anonMegabytes().toFixed(0)} MB`,
  );
  await store.close();
} else {
  if (what === 'few' || what === 'all') {
    await storeAndDrain(2_000, 100_000, 1_000, 1);
    await storeAndDrain(2_000, 100_000, 6_000, 1);
  }
  if (what === 'many' || what === 'all') {
    await storeAndDrain(1_000_000, 1_000_000, 1_000, 1);
    await storeAndDrain(1_000_000, 1_000_000, 6_000, 1);
  }
  if (what === 'reopen' || what === 'all') {
    await reopen(1_000_000);
    await reopen(20);
  }
}
