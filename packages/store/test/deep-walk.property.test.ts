import { expect, test } from '@jest/globals';
import { randomFrom } from '@mailbeam/actors/test-kit';
import { openLmdbStore } from '../src/index.js';
import type { LmdbStore, MailboxStore } from '../src/index.js';
import { MemoryStore } from '../src/memory-store.js';
import { END, message } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

const RUNS = Number(process.env['RUNS'] ?? 12);
const LEAST = 20;
const USERS = 60;

/** What mailboxes hold, counted one by one. */
class Life {
  readonly #random: () => number;
  readonly keys = new Map<string, number[]>();
  store: MailboxStore;
  #key = 0;

  constructor(store: MailboxStore, random: () => number) {
    this.store = store;
    this.#random = random;
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  depth(user: string): number {
    return this.keys.get(user)?.length ?? 0;
  }

  /** Sends, acks and ends of some of the mailboxes, in one commit. */
  async commit(steps: number, most: number): Promise<void> {
    const batch = this.store.begin();
    for (let n = 0; n < steps; n++) {
      const user = `user ${this.below(USERS)}`;
      const keys = this.keys.get(user) ?? [];
      this.keys.set(user, keys);
      const dice = this.#random();
      if (dice < 0.6)
        for (let left = this.below(most); left > 0; left--) {
          keys.push(++this.#key);
          batch.append(user, message(this.#key));
        }
      else if (keys.length === 0) continue;
      else if (dice < 0.8) {
        const upTo = keys.splice(0, 1 + this.below(keys.length)).at(-1)!;
        batch.eraseUpTo(user, upTo);
      } else batch.erase(user, keys.splice(this.below(keys.length), 1)[0]!);
    }
    await this.store.commit(batch);
  }

  async deepen(user: string, messages: number): Promise<void> {
    const batch = this.store.begin();
    const keys = this.keys.get(user) ?? [];
    this.keys.set(user, keys);
    for (let n = 0; n < messages; n++) {
      keys.push(++this.#key);
      batch.append(user, message(this.#key, { body: 'x'.repeat(200) }));
    }
    await this.store.commit(batch);
  }

  /** A walk in slices as short as can be, with a life between them. */
  async walk(between: () => Promise<void>): Promise<void> {
    const walk = this.store.deepMailboxes(LEAST);
    const begun = this.#key;
    // what comes during the walk is told by whoever takes it
    const isStillDeep = (user: string): boolean => this.keys.get(user)!.filter((key) => key <= begun).length >= LEAST;
    const always = new Set([...this.keys.keys()].filter(isStillDeep));
    const visited = new Set<string>();
    for (let slice = 0; !walk.isOver; slice++) {
      walk.step(0, (user) => {
        visited.add(user);
        expect({ user, ...this.store.count(user) }).toMatchObject({ user, messages: this.depth(user) });
      });
      if (slice % 3 === 0) await between();
      for (const user of always) if (!isStillDeep(user)) always.delete(user);
    }
    expect([...always].filter((user) => !visited.has(user))).toEqual([]);
    for (const user of this.keys.keys()) {
      const { messages } = this.store.count(user);
      expect({ user, messages }).toEqual({ user, messages: this.depth(user) });
      expect(this.store.read(user, 0, END, 1e6, 1e9)).toHaveLength(messages);
    }
  }
}

async function seeded(live: (random: () => number) => Promise<void>): Promise<void> {
  const first = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  for (let run = 0; run < RUNS; run++) {
    try {
      await live(randomFrom(first + run));
    } catch (error) {
      throw new Error(`SEED=${first + run}: ${String((error as Error).message)}`, { cause: error });
    }
  }
}

test('a walk visits every mailbox that is deep all the while, in memory', async () => {
  await seeded(async (random) => {
    const life = new Life(new MemoryStore({ auto: true }), random);
    for (let n = 0; n < 10; n++) await life.commit(40, 40);
    await life.walk(() => life.commit(4, 40));
  });
}, 60_000);

test('a walk visits every mailbox that is deep all the while, with its count, whatever checkpoints and merges do', async () => {
  await seeded(async (random) => {
    const dir = temporaryDirectory();
    const options = {
      checkpointRecords: 100 + Math.floor(random() * 1_500),
      mergeRuns: 2,
      eraseDelayMs: 1,
      stepBytes: 8_192,
    };
    const life = new Life(await openLmdbStore(dir, options), random);
    for (let n = 0; n < 8; n++) await life.commit(40, 30);
    await life.deepen('user 1', 2_500);
    if (random() < 0.5) await (life.store as LmdbStore).settle();
    await life.deepen('user 1', 400);
    if (random() < 0.3) {
      await life.store.close();
      life.store = await openLmdbStore(dir, options);
    }
    await life.walk(async () => {
      const dice = random();
      if (dice < 0.4) await life.commit(6, 30);
      else if (dice < 0.5) await life.deepen('user 1', 50);
      else if (dice < 0.6) await life.store.settle();
      else await new Promise((resolve) => setImmediate(resolve));
    });
    await life.store.close();
    removeDirectory(dir);
  });
}, 60_000);

test('a walk over a store that was closed is over', async () => {
  const dir = temporaryDirectory();
  const store = await openLmdbStore(dir);
  const life = new Life(store, randomFrom(1));
  await life.commit(40, 40);
  const walk = store.deepMailboxes(LEAST);
  await store.close();
  walk.step(Infinity, () => expect('nobody').toBe('visited'));
  expect(walk.isOver).toBe(true);
  removeDirectory(dir);
});
