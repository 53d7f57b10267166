import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { checkStore, openLmdbStore } from '../src/index.js';
import type { Batch, LmdbStore, LmdbStoreOptions, MailboxStore } from '../src/index.js';
import { MemoryStore } from '../src/memory-store.js';
import { NameHash } from '../src/name-hash.js';
import { END, bodyOf, message, receipt, sender } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

const directories: string[] = [];
afterAll(() => directories.forEach(removeDirectory));

const USERS = ['ann', 'bob', 'cleo', 'dan', 'eve', 'élodie'];
const NOW = 1_000;

type Operation =
  | { readonly kind: 'append'; readonly user: number; readonly size: number; readonly ttl: boolean }
  | { readonly kind: 'erase_up_to' | 'erase'; readonly user: number; readonly share: number }
  | {
      readonly kind: 'receipt' | 'erase_receipt';
      readonly user: number;
      readonly peer: number;
      readonly of: 1 | 2 | 3;
      readonly cid: number;
    }
  | { readonly kind: 'sender'; readonly user: number; readonly origin: number };
type Step =
  | { readonly kind: 'commit'; readonly batches: readonly (readonly Operation[])[] }
  | { readonly kind: 'flood'; readonly count: number; readonly user: number | undefined }
  | { readonly kind: 'settle' | 'reopen' | 'crash' | 'turn' };

const user = fc.nat(USERS.length - 1);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      user,
      size: fc.oneof(fc.nat(300), fc.nat(9_000)),
      ttl: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('erase_up_to' as const, 'erase' as const),
      user,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('receipt' as const, 'erase_receipt' as const),
      user,
      peer: user,
      of: fc.constantFrom(1 as const, 2 as const, 3 as const),
      cid: fc.nat(9),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sender' as const), user, origin: fc.nat(5) }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      batches: fc.array(fc.array(operation, { maxLength: 12 }), { maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('flood' as const),
      count: fc.integer({ min: 1, max: 120 }),
      user: fc.option(user, { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('settle' as const, 'reopen' as const, 'crash' as const, 'turn' as const),
    }),
  },
);

/** Everything that a reader can ask. */
function everything(store: MailboxStore): unknown {
  return {
    pending: store.pending,
    due: store.due(NOW, 10_000).sort((a, b) => a.key - b.key),
    mailboxes: USERS.map((name) => ({
      messages: store
        .read(name, 0, END, 100_000, 1e9)
        .map((m) => [m.key, m.from, m.origin, m.cid, m.expiresAt, bodyOf(m)]),
      count: store.count(name),
      isBounded:
        store.deepest.messages >= store.count(name).messages &&
        store.countAtMost(name).messages >= store.count(name).messages &&
        store.countAtMost(name).bytes >= store.count(name).bytes,
      holds: [1, 2, 3, 4, 5, 6, 7, 8].map((cid) => store.holds(name, 'bob', 1, cid)),
      receipts: store.receipts(name),
      sender: store.sender(name, 'phone'),
      origin: store.highestOrigin(name),
    })),
  };
}

/** A store under test and its model, fed with the same operations. */
class Pair {
  readonly #options: LmdbStoreOptions;
  #dir = '';
  #real!: LmdbStore;
  readonly #model = new MemoryStore({ auto: true });
  #key = 0;

  constructor(options: LmdbStoreOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    this.#dir = temporaryDirectory();
    directories.push(this.#dir);
    this.#real = await openLmdbStore(this.#dir, this.#options);
  }

  async run(next: Step): Promise<void> {
    switch (next.kind) {
      case 'commit':
        await this.#commit(
          next.batches.map(
            (operations) => (batch: Batch, key: number) =>
              operations.forEach((o, i) => record(batch, o, key + i, this.#pick(o))),
          ),
        );
        break;
      case 'flood': {
        const fill = (batch: Batch, key: number): void => {
          for (let i = 1; i <= next.count; i++) {
            const one = next.user ?? i % USERS.length;
            batch.append(USERS[one] as string, message(key + i, { body: `flood ${i}` }));
            // Keys count for one mailbox only: another one may have the same.
            if (i % 2 === 0) batch.append(USERS[(one + 2) % USERS.length] as string, message(key + i));
          }
        };
        await this.#commit([fill]);
        break;
      }
      case 'settle':
        await this.#real.settle();
        break;
      case 'reopen':
        await this.#real.close();
        await expectClean(this.#dir);
        this.#real = await openLmdbStore(this.#dir, this.#options);
        break;
      case 'crash':
        await this.#crash();
        break;
      case 'turn':
        await new Promise((resolve) => setImmediate(resolve));
    }
    expect(everything(this.#real)).toEqual(everything(this.#model));
  }

  async close(): Promise<void> {
    await this.#real.close();
    await expectClean(this.#dir);
  }

  /** Records each batch in both stores, hands all of them over without waiting, then waits for all. */
  async #commit(fills: readonly ((batch: Batch, key: number) => void)[]): Promise<void> {
    const commits: Promise<void>[] = [];
    for (const fill of fills) {
      for (const store of [this.#real, this.#model]) {
        const batch = store.begin();
        fill(batch, this.#key);
        commits.push(store.commit(batch));
      }
      this.#key += 1_000;
    }
    await Promise.all(commits);
  }

  /** The key of a message that waits, or one near it. */
  #pick(o: Operation): number {
    if (o.kind !== 'erase' && o.kind !== 'erase_up_to') return 0;
    const waiting = this.#model.read(USERS[o.user] as string, 0, END, 100_000, 1e9);
    return waiting[Math.floor(o.share * (waiting.length - 1))]?.key ?? Math.floor(o.share * this.#key);
  }

  /** Opens a copy of the data file as it is now, whatever is going on in the background. */
  async #crash(): Promise<void> {
    const copy = temporaryDirectory();
    directories.push(copy);
    copyFileSync(join(this.#dir, 'data.mdb'), join(copy, 'data.mdb'));
    expect(existsSync(join(copy, 'lock.mdb'))).toBe(false);
    await this.#real.close();
    await expectClean(copy);
    this.#dir = copy;
    this.#real = await openLmdbStore(copy, this.#options);
  }
}

function record(batch: Batch, o: Operation, key: number, picked: number): void {
  const name = USERS[o.user] as string;
  switch (o.kind) {
    case 'append':
      // Keys run backwards within a batch here and there: order of arrival is the key's, not the call's.
      batch.append(
        name,
        message(key + 20 + (key % 3 === 0 ? 3 : 0), {
          from: USERS[(o.user + 1) % USERS.length] as string,
          expiresAt: o.ttl ? NOW - (key % 7) : 0,
          body: 'z'.repeat(o.size),
        }),
      );
      break;
    case 'erase_up_to':
      batch.eraseUpTo(name, picked);
      break;
    case 'erase':
      batch.erase(name, picked);
      break;
    case 'receipt':
      batch.putReceipt(name, receipt(key, { peer: USERS[o.peer] as string, kind: o.of, cid: o.cid }));
      break;
    case 'erase_receipt':
      batch.eraseReceipt(name, USERS[o.peer] as string, o.of, 1, o.cid);
      break;
    case 'sender':
      batch.putSender(name, 'phone', sender(o.origin, { lastCid: key }));
      if (o.origin === 3) batch.useOrigin(name, 4);
  }
}

async function expectClean(dir: string): Promise<void> {
  const report = await checkStore(dir);
  expect(report.problems).toEqual([]);
}

const options = fc.record({
  checkpointRecords: fc.constantFrom(16, 40, 150),
  mergeRuns: fc.constantFrom(2, 3, 4),
  stepBytes: fc.constantFrom(4_096, 20_000),
  stepMs: fc.constantFrom(0.1, 2),
  eraseDelayMs: fc.constantFrom(1, 5),
  stepDelayMs: fc.constant(0),
});

/** Runs of random steps; MODEL_RUNS and MODEL_MS make it search longer. fast-check prints the seed of a failure. */
async function compareAtRandom(runs: number, ms: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(options, fc.array(step, { minLength: 5, maxLength: 30 }), async (chosen, steps) => {
      const pair = new Pair(chosen);
      await pair.open();
      for (const next of steps) await pair.run(next);
      await pair.close();
    }),
    {
      numRuns: Number(process.env['MODEL_RUNS'] ?? runs),
      plugins: [fc.interruptAfterTimeLimit(Number(process.env['MODEL_MS'] ?? ms), { failOnInterrupt: false })],
    },
  );
}

test('an LmdbStore answers every question as the MemoryStore does, through settling, closing and crashes', async () => {
  await compareAtRandom(60, 10_000);
}, 600_000);

test('it does so when the names of users share hashes', async () => {
  const collide = jest.spyOn(NameHash.prototype, 'of').mockImplementation(function (this: NameHash, name: string) {
    this.hi = name.length & 1;
    this.lo = name.length & 2;
  });
  await compareAtRandom(25, 6_000);
  collide.mockRestore();
}, 600_000);
