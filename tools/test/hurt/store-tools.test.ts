import { afterAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { checkoutRoot } from '../../src/checkout.js';
import { finishedScript } from '../../src/finished-script.js';
import { makeMutant } from '../../src/mutant.js';
import type { Mutation } from '../../src/mutant.js';

const store = (file: string, find: string, replace: string): Mutation => ({
  file: `packages/store/dist/${file}`,
  find,
  replace,
});

/** Changes rows of a store that nobody has open. */
const changed = (dir: string, statements: string): string => `
  const { Disk } = await import('./disk.js');
  const { putHeader, readHeader } = await import('./header.js');
  const other = new Disk(${dir});
  other.startTurn();
  ${statements}
  await other.lastWritten;
  await other.lastWritten?.flushed;
  await other.close();`;

/** The rows of a backup are of one moment, its header is of the next. */
const ofTwoMoments = `copyStore(this.#state.disk, to).then(async (made) => {
  const { readHeader: read } = await import('./header.js');
  const before = JSON.stringify(read(this.#state.disk));
  while (JSON.stringify(read(this.#state.disk)) === before) await new Promise(setImmediate);
  ${changed('to', 'putHeader(other, read(this.#state.disk));')}
  return made;
})`;

/** Two stores with faults in their tools; those of one do not stand in each other's way. */
const [careless, hasty] = [
  makeMutant([
    store(
      'compact.js',
      'await tryDisk(copy, onProgress);',
      `${changed('copy', 'for (const key of other.receipts.getKeys({ limit: 1 })) other.remove(other.receipts, key);')}
       await tryDisk(copy, onProgress);`,
    ),
    store('migrate.js', 'return { ...header, version: 2', 'return { ...header, runs: [], version: 2'),
    store('lmdb-store.js', 'copyStore(this.#state.disk, to)', ofTwoMoments),
    store(
      'salvage/old-store.js',
      'for (const row of rows.get(run.id) ?? [])',
      'for (const row of rows.get(run.id)?.slice(1) ?? [])',
    ),
  ]),
  makeMutant([
    store('compact.js', 'renameSync(', 'rmSync(file); renameSync('),
    store(
      'migrate.js',
      'if (migrated !== header)',
      'if (format?.version !== migrated.version) writeFormat(dir, migrated); if (migrated !== header)',
    ),
    store('migrate.js', 'if (format?.version !== migrated.version)\n', 'if (false)\n'),
    store('block.js', 'if (!intact)', 'if (false)'),
  ]),
] as const;
afterAll(async () => {
  for (const mutant of [careless, hasty]) await (await mutant).dispose();
});

const tried = async (tool: string, root: string): Promise<string> =>
  (await finishedScript(join(root, 'tools/dist/hurt/store-tools-main.js'), [tool])).text;

// Each runs in a process of its own, and nothing is measured: two at a time (`maxConcurrency`).

test.concurrent.each(['compact', 'migrate', 'backup', 'salvage'])(
  '`store %s` keeps its promise',
  async (tool) => {
    expect(await tried(tool, checkoutRoot)).toBe('passed\n');
  },
  120_000,
);

test.concurrent.each([
  ['compact', 'loses a record', careless, 'after a compaction everything is there'],
  ['compact', 'is not atomic', hasty, 'after a crash of a compaction'],
  ['migrate', 'brings not everything over', careless, 'after a migration'],
  ['migrate', 'writes FORMAT before the records', hasty, 'after a crash of a migration'],
  ['backup', 'is of two moments', careless, '(?:of )?a backup'],
  ['salvage', 'leaves out what is readable', careless, 'a salvage takes over all that is readable'],
  ['salvage', 'takes rows whose checksum is wrong', hasty, 'a salvage takes over nothing that has changed'],
])(
  'a `store %s` that %s is found',
  async (tool, _what, mutant, complaint) => {
    expect(await tried(tool, (await mutant).root)).toMatch(new RegExp(`FAILED: not so: ${complaint}`));
  },
  120_000,
);
