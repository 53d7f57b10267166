import { describe, expect, test } from '@jest/globals';
import { randomFrom } from '@mailbeam/actors/test-kit';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const QUOTA = 5;
const limits = { mailboxMessages: QUOTA, sendWindow: 2 };
/** Of one user, between two starts of the node: so many that this node knows never to have arrived, and as many others. */
const EXTRA = 4 * limits.sendWindow;

const again = { again: true };
const waiting = (node: TestNode): number => node.store.count('bob').messages;

function resend(client: TestClient, from: number, count: number): void {
  for (let cid = from; cid < from + count; cid++) client.send1(cid, 'bob', 'x', again);
}

describe('who marks every SEND as a resend', () => {
  test('gets a bounded number over the quota into mailboxes, and is then refused like any other', async () => {
    const node = new TestNode({ limits });
    const eve = await node.login('eve');
    resend(eve, 1, 50);
    await node.settle();
    expect(waiting(node)).toBe(QUOTA + EXTRA);
    expect(eve.of('rejected')).toHaveLength(50 - QUOTA - EXTRA);
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
    expect(waiting(node)).toBe(QUOTA + EXTRA);
  });

  test('is believed as often again after a restart, whoever often and under whatever name of a client it comes', async () => {
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
    expect(waiting(node)).toBe(QUOTA + 2 * EXTRA);
  });

  test('uses up nothing of what is there for messages that the node before may have taken', async () => {
    const before = new TestNode({ limits });
    await before.login('eve', { client: 'old' });
    const node = before.crash({ limits });
    resend(await node.login('eve', { client: 'new' }), 1, 50);
    await node.settle();
    expect(waiting(node)).toBe(QUOTA + EXTRA);
    const old = await node.login('eve', { client: 'old' });
    resend(old, 1, EXTRA);
    await node.settle();
    expect(old.acceptedUpTo).toBe(EXTRA);
    expect(old.of('rejected')).toEqual([]);
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
    expect(waiting(node)).toBeLessThanOrEqual(QUOTA + 2 * EXTRA * starts);
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
