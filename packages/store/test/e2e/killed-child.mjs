// A child process that commits without end and is killed: it prints each batch number when its commit has resolved.
// Arguments: the built index.js, directory, number of the first batch.
const [, , index, dir, first] = process.argv;
const { openLmdbStore } = await import(index);
const store = await openLmdbStore(dir, {
  checkpointRecords: 64,
  mergeRuns: 2,
  eraseDelayMs: 1,
  stepDelayMs: 0,
  stepBytes: 4096,
});
const body = Buffer.from('a body that is long enough to fill rows soon '.repeat(5));
const message = (key) => ({
  key,
  from: 'ann',
  origin: 1,
  cid: key,
  ts: 1,
  expiresAt: 0,
  bytes: body,
  bodyStart: 0,
  bodyEnd: body.length,
});

process.stdout.write('open\n');
const flying = new Set();
for (let n = Number(first); ; n++) {
  const batch = store.begin();
  // Ten messages to ten mailboxes of a batch's own, and the ack of all but one of an earlier batch: accepted 10, delivered 9.
  for (let i = 0; i < 10; i++) batch.append(`user ${i} of ${n}`, message(n * 10 + i));
  const acked = n - 5;
  if (acked >= 0) for (let i = 1; i < 10; i++) batch.eraseUpTo(`user ${i} of ${acked}`, acked * 10 + i);
  batch.setLedger({ accepted: (n + 1) * 10, delivered: Math.max(0, acked + 1) * 9, failed: 0 });
  const done = store.commit(batch).then(() => {
    process.stdout.write(`${n}\n`);
    flying.delete(done);
  });
  flying.add(done);
  if (flying.size >= 2) await Promise.race(flying);
}
