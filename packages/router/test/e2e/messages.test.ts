import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

let router: StartedRouter;

beforeAll(async () => {
  router = await StartedRouter.start();
}, 60_000);

afterAll(async () => {
  await router.dispose();
});

test('two people who are online exchange messages, and each is told accepted, delivered and read', async () => {
  const ann = await Person.login(router.port, 'ann');
  const bob = await Person.login(router.port, 'bob');
  ann.send(1, 'bob', 'hello');
  const hello = await bob.next('deliver');
  expect(hello).toMatchObject({ seq: 1, from: 'ann', cid: 1, body: 'hello' });
  bob.write((w) => (w.ack(1), w.read(1, 'ann', ann.of('welcome')[0]!.origin, 1), w.send(2, 'ann', Buffer.from('hi'))));
  await ann.accepted(1);
  expect(await ann.next('receipt', ({ kind }) => kind === 1)).toMatchObject({ peer: 'bob', cid: 1 });
  expect(await ann.next('receipt', ({ kind }) => kind === 2)).toMatchObject({ peer: 'bob', cid: 1 });
  expect(await ann.next('deliver')).toMatchObject({ from: 'bob', body: 'hi' });
  ann.ack(3);
  await bob.accepted(2);
  ann.end();
  bob.end();
});

test('one who is away finds its messages, oldest first, and the sender its receipt', async () => {
  const carol = await Person.login(router.port, 'carol');
  for (let cid = 1; cid <= 50; cid++) carol.send(cid, 'dan');
  await carol.accepted(50);
  const dan = await Person.login(router.port, 'dan', 8);
  expect(dan.of('welcome')[0]!.pending).toBe(50);
  for (let seq = 8; seq <= 48; seq += 8) {
    await dan.next('deliver', (one) => one.seq === seq);
    dan.ack(seq);
  }
  await dan.next('deliver', (one) => one.seq === 50);
  expect(dan.bodies).toEqual(Array.from({ length: 50 }, (_, i) => `m${i + 1}`));
  dan.ack(50);
  await carol.next('receipt', ({ kind, cid }) => kind === 1 && cid === 50);
  carol.end();
  dan.end();
});

test('a second HELLO of a user closes the first connection with 4003, and what was not acked comes again', async () => {
  const ann = await Person.login(router.port, 'ann-2');
  const first = await Person.login(router.port, 'eve');
  ann.send(1, 'eve');
  await first.next('deliver');
  const second = await Person.login(router.port, 'eve');
  expect(await first.closed()).toBe(4003);
  expect(await second.next('deliver')).toMatchObject({ seq: 1, body: 'm1' });
  second.ack(1);
  await ann.next('receipt');
  ann.end();
  second.end();
});

test('the sender of a message that expired is told within 2 s of its end', async () => {
  const began = performance.now();
  const ann = await Person.login(router.port, 'ann-3');
  ann.send(1, 'nobody', 'soon', { ttl: 1 });
  await ann.accepted(1);
  const at = performance.now();
  const busyMs = (at - began) * 20; // what takes 10 ms on a free machine shows how busy this one is
  const receipt = await ann.next('receipt');
  expect(receipt).toMatchObject({ peer: 'nobody', kind: 3, cid: 1, code: 'expired' });
  expect(receipt.at - at).toBeLessThan(3_000 + Math.max(500, busyMs));
  ann.end();
});

test('a SIGNAL reaches a peer who is here and leaves nothing for one who is not', async () => {
  const ann = await Person.login(router.port, 'ann-4');
  const bob = await Person.login(router.port, 'bob-4');
  ann.write((w) => (w.signal('gone-4', Buffer.from('typing')), w.signal('bob-4', Buffer.from('typing'))));
  expect(await bob.next('signal')).toMatchObject({ peer: 'ann-4', body: 'typing' });
  const gone = await Person.login(router.port, 'gone-4');
  gone.write((w) => w.call(1, 'none', 'none', null));
  await gone.next('reply');
  expect([gone.of('welcome')[0]!.pending, gone.of('signal')]).toEqual([0, []]);
  for (const person of [ann, bob, gone]) person.end();
});

describe('after a SIGKILL of the node', () => {
  test('everything accepted is there, on the same port, and what had no answer is taken once', async () => {
    const ann = await Person.login(router.port, 'ann-5');
    const bob = await Person.login(router.port, 'bob-5');
    for (let cid = 1; cid <= 100; cid++) ann.send(cid, 'bob-5');
    await ann.accepted(100);
    await bob.next('deliver', ({ cid }) => cid === 100);
    bob.ack(40);
    await ann.next('receipt', ({ cid }) => cid === 40);
    for (let cid = 101; cid <= 200; cid++) ann.send(cid, 'bob-5');
    await router.killNode();
    expect([await ann.closed(), await bob.closed()]).toEqual([1006, 1006]);
    const ann2 = await Person.login(router.port, 'ann-5');
    for (let cid = 101; cid <= 200; cid++) ann2.send(cid, 'bob-5', `m${cid}`, { again: true });
    await ann2.accepted(200);
    const bob2 = await Person.login(router.port, 'bob-5');
    await bob2.next('deliver', ({ cid }) => cid === 200);
    const cids = bob2.of('deliver').map(({ cid }) => cid);
    // the ack of the first 40 may have been lost with its connection; nothing above may be missing or come twice
    expect(cids.filter((cid) => cid > 40)).toEqual(Array.from({ length: 160 }, (_, i) => i + 41));
    bob2.ack(cids.length);
    await ann2.next('receipt', ({ cid }) => cid === 200);
    ann2.end();
    bob2.end();
  }, 60_000);

  test('the ledger balances', async () => {
    const status = await router.statusWhen((now) => now.store.quiet && now.connections === 0);
    expect(status.ledger.imbalance).toBe(0);
    expect(status.ledger.accepted).toBe(status.ledger.delivered + status.ledger.failed + status.ledger.pending);
  });
});
