// A child process that records without a pause and is killed: it prints how many it has written.
// Arguments: the built activity-file.js, directory, capacity.
const [, , built, data, capacity] = process.argv;
const { ActivityFile } = await import(built);
const columns = Array.from({ length: 100 }, (_, i) => ({ name: `c.${i}`, unit: '', kind: 'gauge' }));
const file = await ActivityFile.open(data, columns, Number(capacity));
for (let n = 1; ; n++) {
  await file.append({
    at: Date.now(),
    mono: performance.now(),
    run: performance.timeOrigin,
    values: new Float64Array(100).fill(n),
  });
  process.stdout.write(`${n}\n`);
}
