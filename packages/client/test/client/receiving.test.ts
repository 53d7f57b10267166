import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ClosedError, ConsumerError, memoryState } from '../../src/index.js';
import type { Message } from '../../src/index.js';
import { Bench, bytes, inState, nextEvent, rejection, turns } from '../bench.js';
import type { PeerConnection } from '../scripted-peer.js';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.close());

/** Says DELIVERs from bob's origin 3, `[seq, cid]` each, in one WebSocket message. */
function deliver(connection: PeerConnection, ...entries: readonly (readonly [seq: number, cid: number])[]): void {
  connection.say((writer) => {
    for (const [seq, cid] of entries) {
      const body = bytes(`m${cid}`);
      writer.deliver(seq, 'bob', 3, cid, 1000 + cid, body, 0, body.length);
    }
  });
}

const acks = (connection: PeerConnection): (number | undefined)[] =>
  connection.heard.filter(({ op }) => op === 'ACK').map(({ seq }) => seq);

describe('onMessage', () => {
  test('is given what DELIVER says', async () => {
    const seen: Message[] = [];
    bench.connect({ onMessage: (message) => void seen.push(message) });
    const connection = await bench.peer.open();
    connection.say((writer) => {
      writer.deliver(1, 'bob', 3, 9, 77, bytes('hi'), 0, 2);
      writer.deliver(2, 'bob', 3, 5, 78, bytes('all'), 0, 3, '#team');
    });
    await connection.next('ACK');
    expect(seen).toMatchObject([
      { from: 'bob', origin: 3, cid: 9, ts: 77, group: undefined },
      { from: 'bob', origin: 3, cid: 5, ts: 78, group: '#team' },
    ]);
    expect(seen.map((message) => message.text())).toEqual(['hi', 'all']);
  });

  test('has its message acked when its promise has settled, never on receipt', async () => {
    let finish: () => void = () => undefined;
    const started = new Promise<void>((begin) => {
      bench.connect({
        onMessage: () => {
          begin();
          return new Promise<void>((resolve) => (finish = resolve));
        },
      });
    });
    const connection = await bench.peer.open();
    deliver(connection, [1, 1]);
    await started;
    await turns();
    expect(acks(connection)).toEqual([]);
    finish();
    expect(await connection.next('ACK')).toMatchObject({ seq: 1 });
  });

  test('is called for one message at a time, in order', async () => {
    const log: string[] = [];
    bench.connect({
      onMessage: async (message) => {
        log.push(`begin ${message.cid}`);
        await turns(2);
        log.push(`end ${message.cid}`);
      },
    });
    const connection = await bench.peer.open();
    deliver(connection, [1, 1], [2, 2], [3, 3]);
    while (acks(connection).at(-1) !== 3) await connection.next('ACK');
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  test('that settles at once has all messages of a turn acked by one cumulative ACK', async () => {
    bench.connect({ onMessage: () => undefined });
    const connection = await bench.peer.open();
    deliver(connection, ...Array.from({ length: 50 }, (_, i) => [i + 1, i + 1] as const));
    expect(await connection.next('ACK')).toMatchObject({ seq: 50 });
    expect(acks(connection)).toEqual([50]);
  });

  test('that throws is given the message again after 1, 2, 4, 4 s; later messages wait; handlerError tells', async () => {
    const seen: number[] = [];
    let failures = 5;
    const client = bench.connect({
      onMessage: (message) => {
        seen.push(message.cid);
        if (message.cid === 1 && failures-- > 0) throw new Error('not yet');
      },
    });
    const connection = await bench.peer.open();
    const retries: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      const failed = nextEvent(client, 'handlerError');
      if (attempt === 1) deliver(connection, [1, 1], [2, 2]);
      else bench.clock.advance(retries.at(-1) ?? 0);
      const failure = await failed;
      expect(failure).toMatchObject({ attempt, error: { message: 'not yet' }, message: { cid: 1 } });
      retries.push(failure.retryInMs);
    }
    expect(retries).toEqual([1000, 2000, 4000, 4000, 4000]);
    expect(seen).toEqual([1, 1, 1, 1, 1]);
    expect(acks(connection)).toEqual([]);
    bench.clock.advance(4000);
    expect(await connection.next('ACK')).toMatchObject({ seq: 2 });
    expect(seen).toEqual([1, 1, 1, 1, 1, 1, 2]);
  });

  test('that rejects is treated as one that throws', async () => {
    let failures = 1;
    const client = bench.connect({
      onMessage: async () => {
        await turns(1);
        if (failures-- > 0) throw new Error('late');
      },
    });
    const connection = await bench.peer.open();
    const failed = nextEvent(client, 'handlerError');
    deliver(connection, [1, 1]);
    await failed;
    bench.clock.advance(1000);
    expect(await connection.next('ACK')).toMatchObject({ seq: 1 });
  });

  test('excludes messages()', () => {
    const client = bench.connect({ onMessage: () => undefined });
    expect(() => client.messages()).toThrow(ConsumerError);
  });
});

describe('the marks', () => {
  test('are durable before the ACK goes out', async () => {
    const inner = memoryState();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let reached: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (reached = resolve));
    bench.connect({
      onMessage: () => undefined,
      state: {
        open: () => inner.open(),
        write: async (changes) => {
          if ([...changes.keys()].some((key) => key.startsWith('mark/'))) {
            reached();
            await gate;
          }
          await inner.write(changes);
        },
        close: () => inner.close(),
      },
    });
    const connection = await bench.peer.open();
    deliver(connection, [1, 1]);
    await held;
    await turns();
    expect(acks(connection)).toEqual([]);
    open();
    expect(await connection.next('ACK')).toMatchObject({ seq: 1 });
  });

  test('tell a message that comes again on the next connection: it is acked and not shown', async () => {
    const seen: number[] = [];
    const client = bench.connect({ onMessage: (message) => void seen.push(message.cid) });
    const first = await bench.peer.open();
    deliver(first, [1, 1], [2, 2]);
    await first.next('ACK');
    first.socket.terminate();
    await inState(client, 'waiting');
    bench.clock.advance(125);
    const second = await bench.peer.open();
    deliver(second, [1, 1], [2, 2], [3, 3]);
    expect(await second.next('ACK')).toMatchObject({ seq: 3 });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('tell it after a restart too', async () => {
    const state = memoryState();
    const seen: number[] = [];
    const onMessage = (message: Message): void => void seen.push(message.cid);
    const client = bench.connect({ state, onMessage });
    const first = await bench.peer.open();
    deliver(first, [1, 1]);
    await first.next('ACK');
    await client.close();
    bench.connect({ state, onMessage });
    const second = await bench.peer.open();
    deliver(second, [1, 1]);
    expect(await second.next('ACK')).toMatchObject({ seq: 1 });
    expect(seen).toEqual([1]);
  });

  test('are kept for each sender, origin and group by itself', async () => {
    const seen: string[] = [];
    bench.connect({ onMessage: ({ from, origin, group }) => void seen.push(`${from} ${origin} ${group ?? '-'}`) });
    const connection = await bench.peer.open();
    connection.say((writer) => {
      const body = bytes('x');
      writer.deliver(1, 'bob', 3, 5, 1, body, 0, 1);
      writer.deliver(2, 'bob', 4, 5, 1, body, 0, 1);
      writer.deliver(3, 'carol', 3, 5, 1, body, 0, 1);
      writer.deliver(4, 'bob', 3, 5, 1, body, 0, 1, '#g');
      writer.deliver(5, 'bob', 3, 5, 1, body, 0, 1, '#h');
      writer.deliver(6, 'bob', 3, 4, 1, body, 0, 1);
    });
    expect(await connection.next('ACK')).toMatchObject({ seq: 6 });
    expect(seen).toEqual(['bob 3 -', 'bob 4 -', 'carol 3 -', 'bob 3 #g', 'bob 3 #h']);
  });
});

describe('a message in hand when its connection ends', () => {
  test('is shown once: its copy on the next connection waits for it and is then acked', async () => {
    const seen: number[] = [];
    let finish: () => void = () => undefined;
    const client = bench.connect({
      onMessage: (message) => {
        seen.push(message.cid);
        return message.cid === 1 ? new Promise<void>((resolve) => (finish = resolve)) : undefined;
      },
    });
    const first = await bench.peer.open();
    deliver(first, [1, 1], [2, 2]);
    while (seen.length === 0) await turns(1);
    first.socket.terminate();
    await inState(client, 'waiting');
    bench.clock.advance(125);
    const second = await bench.peer.open();
    deliver(second, [1, 1], [2, 2]);
    await turns();
    expect(acks(second)).toEqual([]);
    finish();
    while (acks(second).at(-1) !== 2) await second.next('ACK');
    expect(seen).toEqual([1, 2]);
  });

  test('is not acked on the next connection before its copy has come', async () => {
    let finish: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (begun = resolve));
    const client = bench.connect({
      onMessage: () => {
        begun();
        return new Promise<void>((resolve) => (finish = resolve));
      },
    });
    const first = await bench.peer.open();
    deliver(first, [1, 1]);
    await started;
    first.socket.terminate();
    await inState(client, 'waiting');
    bench.clock.advance(125);
    const second = await bench.peer.open();
    await client.ready();
    finish();
    await turns();
    expect(acks(second)).toEqual([]);
    deliver(second, [1, 1]);
    expect(await second.next('ACK')).toMatchObject({ seq: 1 });
  });
});

describe('messages()', () => {
  test('acks a message when the loop asks for the next', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    deliver(connection, [1, 1], [2, 2]);
    const messages = client.messages();
    expect((await messages.next()).value).toMatchObject({ cid: 1 });
    await turns();
    expect(acks(connection)).toEqual([]);
    expect((await messages.next()).value).toMatchObject({ cid: 2 });
    expect(await connection.next('ACK')).toMatchObject({ seq: 1 });
    const third = messages.next();
    expect(await connection.next('ACK')).toMatchObject({ seq: 2 });
    deliver(connection, [3, 3]);
    expect((await third).value).toMatchObject({ cid: 3 });
  });

  test('gives the message that a loop was left at to the next loop', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    deliver(connection, [1, 1], [2, 2]);
    const seen: number[] = [];
    for await (const message of client.messages()) {
      seen.push(message.cid);
      break;
    }
    for await (const message of client.messages()) {
      seen.push(message.cid);
      if (message.cid === 2) break;
    }
    expect(seen).toEqual([1, 1, 2]);
    expect(await connection.next('ACK')).toMatchObject({ seq: 1 });
  });

  test('is for one loop at a time', async () => {
    const client = bench.connect();
    const messages = client.messages();
    expect(() => client.messages()).toThrow(ConsumerError);
    void messages.next();
    expect(await rejection(messages.next())).toBeInstanceOf(ConsumerError);
  });

  test('ends when the application closes the client', async () => {
    const client = bench.connect();
    const waiting = client.messages().next();
    await client.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('throws when the router ends the client, once', async () => {
    const client = bench.connect();
    const messages = client.messages();
    const waiting = messages.next();
    const connection = await bench.peer.open();
    connection.socket.close(4003);
    const error = await rejection(waiting);
    expect(error).toBeInstanceOf(ClosedError);
    expect(error).toMatchObject({ reason: 'replaced' });
    expect(await messages.next()).toEqual({ done: true, value: undefined });
  });

  test('what nobody takes is not acked, and does not hold back the receipts before it', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    await client.ready();
    connection.say((writer) => {
      writer.receipt(1, 'bob', 1, 7, 1, 1);
      writer.receipt(2, 'bob', 1, 7, 2, 1);
      writer.deliver(3, 'bob', 3, 1, 1, bytes('x'), 0, 1);
      writer.receipt(4, 'bob', 1, 7, 3, 1);
    });
    expect(await connection.next('ACK')).toMatchObject({ seq: 2 });
    await turns();
    expect(acks(connection)).toEqual([2]);
  });
});

describe('close with drain', () => {
  test('waits until the handler that runs has settled and its ACK has left', async () => {
    let finish: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (begun = resolve));
    const seen: number[] = [];
    const client = bench.connect({
      onMessage: (message) => {
        seen.push(message.cid);
        begun();
        return new Promise<void>((resolve) => (finish = resolve));
      },
    });
    const connection = await bench.peer.open();
    deliver(connection, [1, 1], [2, 2]);
    await started;
    const closed = client.close({ drain: true });
    await turns();
    expect(client.state.name).toBe('open');
    finish();
    await closed;
    await connection.ended();
    expect(acks(connection)).toEqual([1]);
    expect(seen).toEqual([1]);
  });
});
