import { afterEach, expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { full, nearlyFull } from '../../src/hurt/full-disk.js';
import { SmallDisk } from '../../src/hurt/small-disk.js';
import { makeMutant } from '../../src/mutant.js';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one();
});

const probe = SmallDisk.mount(1);
probe?.dispose();
if (probe === undefined) console.log('notice: no tmpfs may be mounted here, the tests of a full disk are skipped');
const testMounted = probe === undefined ? test.skip : test;

function disk(): SmallDisk {
  const made = SmallDisk.mount(48)!;
  undo.push(() => made.dispose());
  return made;
}

async function mutant(file: string, find: string, replace: string): Promise<string> {
  const made = await makeMutant([{ file, find, replace }]);
  undo.push(() => made.dispose());
  return made.root;
}

testMounted(
  'below the reserve nothing more is stored, online traffic and acks go on, and it heals by itself',
  async () => {
    await nearlyFull(disk(), checkoutRoot);
  },
  120_000,
);

testMounted(
  'a disk that is full nonetheless loses nothing, repeats the acks and kills no node',
  async () => {
    await full(disk(), checkoutRoot);
  },
  120_000,
);

testMounted(
  'a router that does not mind the reserve is found',
  async () => {
    const root = await mutant('packages/router/dist/core.js', 'options.room ?? endlessRoom', 'endlessRoom');
    await expect(nearlyFull(disk(), root)).rejects.toThrow('50 SENDs to somebody away are refused, not 0');
  },
  120_000,
);

testMounted(
  'a router that lets a stray rejection of LMDB pass is found',
  async () => {
    const root = await mutant(
      'packages/store/dist/stray-rejections.js',
      "process.on('unhandledRejection', onUnhandledRejection);",
      'void 0;',
    );
    await expect(full(disk(), root)).rejects.toThrow('never so: commits fail; /status: undefined');
  },
  120_000,
);
