import { expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { full, nearlyFull } from '../../src/hurt/full-disk.js';
import { SmallDisk } from '../../src/hurt/small-disk.js';
import { makeMutant } from '../../src/mutant.js';
import type { Mutation } from '../../src/mutant.js';

const probe = SmallDisk.mount(1);
probe?.dispose();
if (probe === undefined) console.log('notice: no tmpfs may be mounted here, the tests of a full disk are skipped');
const testMounted = probe === undefined ? test.skip : test;

async function onDisk(hurt: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const disk = SmallDisk.mount(48)!;
  try {
    await hurt(disk);
  } finally {
    disk.dispose();
  }
}

async function foundIn(
  mutation: Mutation,
  hurt: typeof nearlyFull,
  complaint: string,
  ttlPatienceMs?: number,
): Promise<void> {
  const mutant = await makeMutant([mutation]);
  try {
    await onDisk((disk) => expect(hurt(disk, mutant.root, ttlPatienceMs)).rejects.toThrow(complaint));
  } finally {
    await mutant.dispose();
  }
}

testMounted(
  'below the reserve nothing more is stored, online traffic and acks go on, and it heals by itself',
  () => onDisk((disk) => nearlyFull(disk, checkoutRoot)),
  240_000,
);

testMounted(
  'a disk that is full nonetheless loses nothing, repeats the acks and kills no node',
  () => onDisk((disk) => full(disk, checkoutRoot)),
  240_000,
);

const router = (file: string): string => `packages/router/dist/${file}`;

// Each runs in processes of its own, on a disk of its own, and nothing is measured: two at a time (`maxConcurrency`).
(probe === undefined ? test.concurrent.skip : test.concurrent).each([
  [
    'does not mind the reserve',
    { file: router('core.js'), find: 'options.room ?? endlessRoom', replace: 'endlessRoom' },
    '50 SENDs to somebody away are refused, not 0',
  ],
  [
    'refuses also what would be acked in time',
    { file: router('mailbox/mailbox.js'), find: '&& !this.#needsNoDisk(message)', replace: '' },
    'traffic that is acked in time goes on',
  ],
  [
    'commits no acks below the reserve',
    {
      file: router('commit/commit-loop.js'),
      find: '    erase(mailbox) {\n',
      replace: '    erase(mailbox) {\n        if (this.#host.room.isTight) return;\n',
    },
    'acks are committed without room',
  ],
  [
    'keeps no receipts below the reserve',
    {
      file: router('mailbox/mailboxes.js'),
      find: 'this.open(to).putReceipt(receipt);',
      replace: 'if (!(receipt.needsDisk && this.#host.room.isTight)) this.open(to).putReceipt(receipt);',
    },
    'receipts come without room',
  ],
  [
    'ends no message below the reserve',
    {
      file: router('core.js'),
      find: 'this.store.due(wall, DUE_AT_ONCE)',
      replace: '(this.room.isTight ? [] : this.store.due(wall, DUE_AT_ONCE))',
    },
    'messages end without room',
    // it never will: nothing is lost when nobody waits for long
    1_500,
  ],
  [
    'stays shut when there is room again',
    {
      file: router('disk-room.js'),
      find: 'const isTight = this.freeBytes < enough;',
      replace: 'const isTight = this.isTight || this.freeBytes < enough;',
    },
    'it heals by itself',
  ],
] as const)(
  'a router that %s is found',
  (_what, mutation, complaint, ttlPatienceMs?: number) => foundIn(mutation, nearlyFull, complaint, ttlPatienceMs),
  240_000,
);

testMounted(
  'a router that lets a stray rejection of LMDB pass is found',
  () =>
    foundIn(
      {
        file: 'packages/store/dist/stray-rejections.js',
        find: "process.on('unhandledRejection', onUnhandledRejection);",
        replace: 'void 0;',
      },
      full,
      'the node lives',
    ),
  240_000,
);
