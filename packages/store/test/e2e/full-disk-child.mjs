// Started with a limit on the size of files: commits until one fails, lifts the limit, commits the same batch again.
// Arguments: the built index.js, directory. Prints what it found as JSON.
import { execFileSync } from 'node:child_process';
const [, , index, dir] = process.argv;
const { openLmdbStore, checkStore } = await import(index);
const errors = [];
const store = await openLmdbStore(dir, { onError: (error) => errors.push(error.code) });
const body = Buffer.alloc(1_000, 120);
let key = 0;
const fill = () => {
  const batch = store.begin();
  for (let i = 0; i < 500; i++) {
    key += 1;
    batch.append(`user ${key % 50}`, {
      key,
      from: 'ann',
      origin: 1,
      cid: key,
      ts: 1,
      expiresAt: 0,
      bytes: body,
      bodyStart: 0,
      bodyEnd: 1_000,
    });
  }
  return batch;
};
let resolved = 0;
let refused;
let code;
for (let n = 0; n < 200 && refused === undefined; n++) {
  const batch = fill();
  try {
    await store.commit(batch);
    resolved += 500;
  } catch (error) {
    refused = batch;
    code = error.code;
  }
}
const visible = store.pending.messages;
const found = Array.from({ length: 50 }, (_, i) => store.count(`user ${i}`).messages).reduce((sum, n) => sum + n, 0);
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:unlimited']);
await store.commit(refused);
const healed = store.pending.messages;
await store.settle();
await store.close();
const { problems, pending } = await checkStore(dir);
console.log(JSON.stringify({ code, resolved, visible, found, healed, problems, pending: pending.messages, errors }));
