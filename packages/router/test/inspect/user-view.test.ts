import { describe, expect, test } from '@jest/globals';
import { userView } from '../../src/inspect/user-view.js';
import { Names } from '../../src/privacy/names.js';
import { TestNode } from '../../src/test-kit/test-node.js';

const clear = new Names(Buffer.alloc(32), true);
const veiled = new Names(Buffer.alloc(32), false);

describe('a user who is connected', () => {
  test('is shown with the connection, its client, what waits, and the session', async () => {
    const node = new TestNode();
    const bob = await node.login('bob', { client: 'phone', window: 4 });
    const alice = await node.login('alice', { client: 'desk' });
    for (let cid = 1; cid <= 6; cid++) alice.send1(cid, 'bob', 'a secret');
    await node.settle();
    node.clock.advance(2_000);
    bob.write((w) => w.watch(['alice', 'carl'], true));
    node.run();
    const view = await userView('bob', node.core, clear);
    expect(view).toMatchObject({
      kind: 'user',
      user: 'bob',
      online: true,
      connection: {
        forMs: 2_000,
        since: node.clock.wall - 2_000,
        client: 'phone',
        window: 4,
        inFlight: { messages: 4, receipts: 0, bytes: 32 },
        unanswered: 0,
        framesWaiting: 0,
        stalledMs: 0,
        watched: 2,
      },
      clients: [{ client: 'phone', origin: 1, connected: true, unanswered: 0, unsettled: 0 }],
      mailbox: { messages: 6, inFlight: 4, oldestAgeMs: 2_000 },
      session: {
        behaviour: 'session',
        version: '1.0.0',
        class: 'session',
        status: 'waiting',
        depth: 0,
        handled: 1,
        user: 'bob',
        state: { shape: '{ port: object, handled: number }' },
      },
    });
    expect(view.session?.state?.bytes).toBeLessThan(200);
    expect(view.session?.links).toBe(1);
    expect(JSON.stringify(view)).not.toContain('secret');
  });

  test('is shown by the pseudonym alone where names are not to be shown', async () => {
    const node = new TestNode();
    await node.login('bob');
    const view = await userView('bob', node.core, veiled);
    expect(view.user).toBe(veiled.pseudonym('bob'));
    expect(JSON.stringify(view)).not.toContain('bob');
  });
});

test('a user who is away is shown with what waits', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  alice.send1(1, 'bob');
  await node.pass(50);
  expect(await userView('bob', node.core, clear)).toMatchObject({
    online: false,
    connection: null,
    clients: [],
    session: null,
    mailbox: { messages: 1, stored: 1 },
  });
});
