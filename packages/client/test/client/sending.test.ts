import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ArgumentError, ClosedError, OutboxFullError, RejectedError, memoryState } from '../../src/index.js';
import type { StateStore } from '../../src/index.js';
import { Bench, bytes, inState, nextEvent, rejection, turns } from '../bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.close());

describe('a send', () => {
  test('settles with its cid and time when ACCEPTED covers it', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const sent = client.send('bob', 'hello', { ttl: 60 });
    expect(await connection.next()).toMatchObject({
      op: 'SEND',
      cid: 1,
      to: 'bob',
      body: 'hello',
      ttl: 60,
      again: false,
    });
    connection.say((writer) => writer.accepted(1, 1234));
    expect(await sent).toEqual({ cid: 1, ts: 1234 });
    expect(client.unanswered).toBe(0);
  });

  test('is settled by a cumulative ACCEPTED with all before it', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const all = ['a', 'b', 'c'].map((text) => client.send('bob', text));
    await connection.take('SEND', 3);
    connection.say((writer) => writer.accepted(3, 5));
    expect(await Promise.all(all)).toEqual([1, 2, 3].map((cid) => ({ cid, ts: 5 })));
  });

  test('of a turn travels with the others of that turn in one WebSocket message', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    await client.ready();
    for (let i = 0; i < 10; i++) void client.send('bob', `${i}`);
    const frames = await connection.take('SEND', 10);
    expect(frames.map(({ body }) => body)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(connection.batches).toEqual([1, 10]);
  });

  test('starts a new WebSocket message where limits.maxMessage would be passed', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open({ limits: { maxMessage: 2000, maxBody: 976 } });
    for (let i = 0; i < 9; i++) void client.send('bob', new Uint8Array(900));
    await connection.take('SEND', 9);
    expect(Math.max(...connection.sizes)).toBeLessThanOrEqual(2000);
    expect(connection.batches.slice(1)).toEqual([2, 2, 2, 2, 1]);
  });

  test('waits in the outbox while limits.sendWindow are unanswered, and leaves in order', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open({ limits: { sendWindow: 2 } });
    const all = ['a', 'b', 'c', 'd', 'e'].map((text) => client.send('bob', text));
    await connection.take('SEND', 2);
    await turns();
    expect(connection.heard.filter(({ op }) => op === 'SEND')).toHaveLength(2);
    connection.say((writer) => writer.accepted(1, 1));
    expect((await connection.next()).body).toBe('c');
    connection.say((writer) => writer.accepted(3, 1));
    expect((await connection.take('SEND', 2)).map(({ body }) => body)).toEqual(['d', 'e']);
    connection.say((writer) => writer.accepted(5, 1));
    await Promise.all(all);
  });

  test('is refused with OutboxFullError when outboxLimit.messages are unanswered', async () => {
    const client = bench.connect({ outboxLimit: { messages: 2 } });
    const first = client.send('bob', 'a');
    void client.send('bob', 'b');
    const error = await rejection(client.send('bob', 'c'));
    expect(error).toBeInstanceOf(OutboxFullError);
    expect(error).toMatchObject({ code: 'outbox_full', retryable: true });
    const connection = await bench.peer.open();
    await connection.take('SEND', 2);
    connection.say((writer) => writer.accepted(1, 1));
    await first;
    void client.send('bob', 'd');
    expect((await connection.next('SEND')).body).toBe('d');
  });

  test('is refused with OutboxFullError when outboxLimit.bytes are unanswered', async () => {
    const client = bench.connect({ outboxLimit: { bytes: 1000 } });
    void client.send('bob', new Uint8Array(800));
    expect(await rejection(client.send('bob', new Uint8Array(800)))).toBeInstanceOf(OutboxFullError);
  });

  test('keeps the bytes that it was given, whatever happens to them later', async () => {
    const client = bench.connect();
    const body = bytes('before');
    void client.send('bob', body);
    body.set(bytes('AFTER!'));
    const connection = await bench.peer.open();
    expect((await connection.next('SEND')).body).toBe('before');
  });

  test.each([
    ['an ill-formed name', '', {}],
    ['a control character in the name', 'a\u0001', {}],
    ['a ttl of zero', 'bob', { ttl: 0 }],
    ['a ttl of more than 30 days', 'bob', { ttl: 2_592_001 }],
    ['a ttl that is not whole', 'bob', { ttl: 1.5 }],
  ])('with %s rejects with ArgumentError and sends nothing', async (_what, to, options) => {
    const client = bench.connect();
    expect(await rejection(client.send(to, 'x', options))).toBeInstanceOf(ArgumentError);
    expect(client.unanswered).toBe(0);
  });

  test('over limits.maxBody is rejected too_large without being sent, and the next one goes out', async () => {
    const client = bench.connect();
    const large = client.send('bob', new Uint8Array(2000));
    void client.send('bob', 'small');
    const connection = await bench.peer.open({ limits: { maxBody: 1000 } });
    expect(await rejection(large)).toMatchObject({ code: 'too_large', cid: 1 });
    expect(await connection.next('SEND')).toMatchObject({ cid: 2, body: 'small' });
  });
});

describe('a rejected send', () => {
  test('rejects with the code, the detail and retryAfterMs of REJECTED', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const sent = client.send('bob', 'x');
    await connection.next('SEND');
    connection.say((writer) => writer.rejected(1, 'mailbox_full', 'bob has enough', 500));
    const error = await rejection(sent);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({
      cid: 1,
      code: 'mailbox_full',
      detail: 'bob has enough',
      retryAfterMs: 500,
      retryable: true,
    });
  });

  test('counts everything below it as accepted', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open({ now: 5_000_000 });
    const first = client.send('bob', 'a');
    const second = client.send('bob', 'b');
    await connection.take('SEND', 2);
    connection.say((writer) => writer.rejected(2, 'forbidden', ''));
    expect(await first).toEqual({ cid: 1, ts: 5_000_000 });
    expect(await rejection(second)).toMatchObject({ code: 'forbidden', retryable: false, retryAfterMs: undefined });
  });

  test('is not sent again, on this connection or the next', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const sent = client.send('bob', 'x');
    await connection.next('SEND');
    connection.say((writer) => writer.rejected(1, 'overloaded', '', 10));
    await rejection(sent);
    connection.socket.terminate();
    await bench.clock.waiting(125);
    bench.clock.advance(125);
    const again = await bench.peer.open();
    void client.send('bob', 'other');
    expect(await again.next()).toMatchObject({ op: 'SEND', cid: 2, body: 'other', again: false });
  });

  test('is told to the application only when a restart can not find it unanswered any more', async () => {
    const store = gatedStore();
    const client = bench.connect({ state: store.state });
    const connection = await bench.peer.open();
    const sent = client.send('bob', 'x');
    let told = false;
    sent.catch(() => (told = true));
    await connection.next('SEND');
    store.hold();
    connection.say((writer) => writer.rejected(1, 'forbidden', ''));
    await store.held();
    await turns();
    expect(told).toBe(false);
    store.release();
    await rejection(sent);
  });

  test('that nobody handles does not end the program, and the event rejected tells of it', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const rejected = nextEvent(client, 'rejected');
    void client.send('bob', 'x');
    await connection.next('SEND');
    connection.say((writer) => writer.rejected(1, 'invalid', 'no'));
    expect(await rejected).toMatchObject({ kind: 'send', cid: 1, to: 'bob', error: { code: 'invalid' } });
  });
});

describe('what the saved state must know first', () => {
  test('no SEND leaves before the reservation of its cid is durable', async () => {
    const store = gatedStore();
    const client = bench.connect({ state: store.state });
    const connection = await bench.peer.open();
    await client.ready();
    await turns();
    store.hold();
    void client.send('bob', 'x');
    await store.held();
    await turns();
    expect(connection.heard.map(({ op }) => op)).toEqual(['HELLO']);
    store.release();
    expect(await connection.next('SEND')).toMatchObject({ cid: 1 });
  });

  test('HELLO does not leave before the new `client` is durable', async () => {
    const store = gatedStore();
    store.hold();
    bench.connect({ state: store.state });
    await store.held();
    await turns();
    expect(bench.peer.server.clients.size).toBe(0);
    store.release();
    const connection = await bench.peer.accept();
    expect((await connection.next()).client).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a send window that was ever used stays known, whichever WELCOME came while it was written', async () => {
    const store = gatedStore();
    const client = bench.connect({ state: store.state });
    const first = await bench.peer.accept();
    store.hold();
    await first.welcome({ limits: { sendWindow: 3 } });
    await store.held();
    first.socket.terminate();
    await inState(client, 'waiting');
    bench.clock.advance(125);
    const second = await bench.peer.open({ limits: { sendWindow: 2 } });
    await client.ready();
    store.release();
    await turns();
    second.socket.terminate();
    await inState(client, 'waiting');
    bench.clock.advance(250);
    const third = await bench.peer.open({ limits: { sendWindow: 3 } });
    for (const text of ['a', 'b', 'c']) void client.send('bob', text);
    await third.take('SEND', 3);
    await client.close();
    bench.connect({ state: store.state });
    const next = await bench.peer.open({ limits: { sendWindow: 3 } });
    // All three have left, so all three may be known to the router.
    expect((await next.take('SEND', 3)).map(({ again }) => again)).toEqual([true, true, true]);
  });

  test('cids are reserved in blocks: most sends need no reservation', async () => {
    const store = gatedStore();
    const client = bench.connect({ state: store.state, cidBlock: 10, outboxLimit: { messages: 100 } });
    const connection = await bench.peer.open();
    for (let i = 0; i < 25; i++) {
      const sent = client.send('bob', `${i}`);
      const { cid } = await connection.next('SEND');
      expect(cid).toBe(i + 1);
      connection.say((writer) => writer.accepted(i + 1, 1));
      await sent;
    }
    expect(store.writes.filter((keys) => keys.includes('reservedCid')).length).toBeLessThanOrEqual(6);
  });

  test('a write that fails is tried again until it succeeds, and is told with the event error', async () => {
    const store = gatedStore();
    const client = bench.connect({ state: store.state });
    const connection = await bench.peer.open();
    await client.ready();
    await turns();
    store.failNext(new Error('disk full'));
    const error = nextEvent(client, 'error');
    void client.send('bob', 'x');
    expect(await error).toMatchObject({ message: 'disk full' });
    await turns();
    expect(connection.heard.map(({ op }) => op)).toEqual(['HELLO']);
    bench.clock.advance(1000);
    expect(await connection.next('SEND')).toMatchObject({ cid: 1 });
  });
});

describe('close', () => {
  test('with drain waits for the answers, and takes nothing new', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const sent = client.send('bob', 'x');
    await connection.next('SEND');
    const closed = client.close({ drain: true });
    expect(await rejection(client.send('bob', 'y'))).toBeInstanceOf(ClosedError);
    await turns();
    expect(client.state.name).toBe('open');
    connection.say((writer) => writer.accepted(1, 9));
    await closed;
    expect(await sent).toEqual({ cid: 1, ts: 9 });
    expect(client.state).toMatchObject({ name: 'closed', reason: 'closed' });
    await connection.ended();
  });

  test('with drain gives up after timeoutMs; what is unanswered then rejects with ClosedError', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const sent = client.send('bob', 'x');
    await connection.next('SEND');
    const closed = client.close({ drain: true, timeoutMs: 77 });
    await bench.clock.waiting(77);
    bench.clock.advance(77);
    await closed;
    expect(await rejection(sent)).toMatchObject({ code: 'closed', reason: 'closed' });
  });

  test('leaves no timer behind', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    void client.send('bob', 'x');
    await connection.next('SEND');
    await turns();
    expect(bench.clock.waits()).not.toEqual([]);
    await client.close();
    expect(bench.clock.waits()).toEqual([]);
  });

  test('may be called twice, and before the client is connected', async () => {
    const client = bench.connect();
    await Promise.all([client.close(), client.close({ drain: true })]);
    await client.close();
    expect(await rejection(client.ready())).toBeInstanceOf(ClosedError);
    expect(await rejection(client.send('bob', 'x'))).toBeInstanceOf(ClosedError);
  });
});

/** A memory state whose writes the test can hold back or let fail. */
function gatedStore(): {
  state: StateStore;
  writes: string[][];
  hold(): void;
  held(): Promise<void>;
  release(): void;
  failNext(error: Error): void;
} {
  const inner = memoryState();
  const writes: string[][] = [];
  let gate: Promise<void> | undefined;
  let open: () => void = () => undefined;
  let reached: () => void = () => undefined;
  let arrived: Promise<void> = Promise.resolve();
  let failure: Error | undefined;
  return {
    writes,
    state: {
      open: () => inner.open(),
      write: async (changes) => {
        writes.push([...changes.keys()]);
        reached();
        await gate;
        if (failure !== undefined) {
          const error = failure;
          failure = undefined;
          throw error;
        }
        await inner.write(changes);
      },
      close: () => inner.close(),
    },
    hold: () => {
      gate = new Promise((resolve) => (open = resolve));
      arrived = new Promise((resolve) => (reached = resolve));
    },
    held: () => arrived,
    release: () => {
      gate = undefined;
      open();
    },
    failNext: (error) => (failure = error),
  };
}
