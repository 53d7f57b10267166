import { afterAll, expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import {
  checksums,
  guard,
  lostFile,
  newerVersion,
  oneOwner,
  readBackup,
  toldOfPurge,
  triedFirst,
} from '../../src/hurt/store-guards.js';
import { makeMutant } from '../../src/mutant.js';

const format = 'packages/store/dist/format-file.js';

/** A router without any of the guards: none stands in for another. */
const unguarded = makeMutant([
  { file: 'packages/store/dist/block.js', find: 'if (!intact)', replace: 'if (false)' },
  { file: 'packages/store/dist/owner.js', find: 'if (owner === undefined ||', replace: 'if (true ||' },
  { file: format, find: 'if (!hasDataFile(dir))', replace: 'if (false)' },
  { file: format, find: 'if (header === undefined)', replace: 'if (header === undefined) return; if (false)' },
  { file: format, find: 'if (format.id !== header.id)', replace: 'if (false)' },
  { file: format, find: '|| !(version <= FORMAT_VERSION)', replace: '' },
  {
    file: 'packages/cli/dist/start/start-command.js',
    find: 'await tryStoreLeftOpen(config.data, output);',
    replace: '',
  },
  { file: 'packages/router/dist/mailbox/endings.js', find: "code: 'purged'", replace: "code: 'expired'" },
]);
afterAll(async () => (await unguarded).dispose());

// Each runs in processes of its own, and nothing is measured: two at a time (`maxConcurrency`).
test.concurrent.each([
  ['a changed byte is found', checksums, 'a changed byte is found'],
  ['a damaged backup is not restored', readBackup, 'a damaged backup is not restored'],
  ['a second router on a directory refuses, and names the first', oneOwner, 'the start is refused for process'],
  ['a lost data file is no new store', lostFile, 'the start is refused for store_missing'],
  ['a store of a newer version is left alone', newerVersion, 'the start is refused for format_unknown'],
  ['a file that was cut off ends no node', triedFirst, 'the start is refused for store_corrupt'],
  ['whoever sent what is purged is told', toldOfPurge, 'the sender is told `purged`'],
])(
  '%s, and a router without that guard is found',
  async (_name, hurt, complaint) => {
    await guard(hurt, checkoutRoot);
    await expect(guard(hurt, (await unguarded).root)).rejects.toThrow(`not so: ${complaint}`);
  },
  180_000,
);
