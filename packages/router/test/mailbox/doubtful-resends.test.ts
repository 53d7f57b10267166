import { describe, expect, test } from '@jest/globals';
import { randomFrom } from '@mailbeam/actors/test-kit';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const QUOTA = 5;
const limits = { mailboxMessages: QUOTA, sendWindow: 2 };
/** Of one user, between two starts of the node. */
const BELIEVED = 4 * limits.sendWindow;

const again = { again: true };
const waiting = (node: TestNode): number => node.store.count('bob').messages;

function resend(client: TestClient, from: number, count: number): void {
  for (let cid = from; cid < from + count; cid++) client.send1(cid, 'bob', 'x', again);
}

describe('who marks every SEND as a resend', () => {
  test('gets no more into a mailbox than its quota', async () => {
    const node = new TestNode({ limits });
    const eve = await node.login('eve');
    resend(eve, 1, 50);
    await node.settle();
    expect(waiting(node)).toBe(QUOTA);
    expect(eve.of('rejected')).toHaveLength(50 - QUOTA);
    expect(eve.of('rejected').every(({ code }) => code === 'mailbox_full')).toBe(true);
  });

  test('gets no more with a client that has no name', async () => {
    const node = new TestNode({ limits });
    for (let i = 0; i < 10; i++) {
      const eve = await node.login('eve', {});
      resend(eve, 1, 20);
      await node.settle();
      eve.cut();
    }
    expect(waiting(node)).toBe(QUOTA);
  });

  test('is believed a few times after a restart, whoever often and under whatever name of a client it comes', async () => {
    const before = new TestNode({ limits });
    const clients = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const client of clients) (await before.login('eve', { client })).cut();
    await before.settle();
    const node = before.crash({ limits });
    for (let round = 0; round < 10; round++) {
      for (const client of [...clients, `new-${round}`]) {
        const eve = await node.login('eve', { client });
        resend(eve, 1 + round * 20, 20);
        await node.settle();
        eve.cut();
        await node.settle();
      }
    }
    expect(waiting(node)).toBe(QUOTA + BELIEVED);
  });

  test('is not believed once it has sent something for the first time', async () => {
    const before = new TestNode({ limits });
    await before.login('eve');
    const node = before.crash({ limits });
    const eve = await node.login('eve');
    eve.send1(1, 'bob');
    resend(eve, 2, 20);
    await node.settle();
    expect(waiting(node)).toBe(QUOTA);
  });

  test('and comes, goes and lives through crashes as it likes, gets over the quota by so many a start, and no honest sender is hurt', async () => {
    const first = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    for (let seed = first; seed < first + 60; seed++) {
      try {
        await hostile(seed);
      } catch (error) {
        throw new Error(`SEED=${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
  });
});

async function hostile(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  let node = new TestNode({ limits });
  let starts = 1;
  const cids = new Map<string, number>();
  let eve: { client: string; connection: TestClient } | null = null;
  for (let step = 0; step < 150; step++) {
    const what = random();
    if (what < 0.2) {
      const client = pick(['a', 'b', 'c', `new-${step}`]);
      eve = { client, connection: await node.login('eve', { client }) };
    } else if (what < 0.6 && eve !== null) {
      const from = (cids.get(eve.client) ?? 0) + 1;
      const count = 1 + Math.floor(random() * 10);
      cids.set(eve.client, from + count - 1);
      resend(eve.connection, from, count);
    } else if (what < 0.7) {
      eve?.connection.cut();
      eve = null;
    } else if (what < 0.73) {
      node = node.crash({ limits });
      starts++;
      eve = null;
    } else if (what < 0.9) node.run();
    else await node.flush();
    expect(waiting(node)).toBeLessThanOrEqual(QUOTA + BELIEVED * starts);
  }
  await node.settle();
  const bob = await node.login('bob');
  while (bob.bodies.length > 0 && node.core.ledger.pending > 0) {
    bob.ack(bob.bodies.length);
    await node.pass(10);
  }
  const alice = await node.login('alice');
  alice.send1(1, 'bob', 'of alice', again);
  await node.settle();
  expect(bob.bodies.at(-1)).toBe('of alice');
}
