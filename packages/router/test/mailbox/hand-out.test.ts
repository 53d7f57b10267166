import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '@mailbeam/store/memory';
import { HandOut } from '../../src/mailbox/hand-out.js';
import type { HandOutSource } from '../../src/mailbox/hand-out.js';
import { Message } from '../../src/mailbox/request.js';
import { Unflushed } from '../../src/mailbox/unflushed.js';
import type { Port } from '../../src/port/port.js';
import { StillClock } from '../../src/test-kit/test-node.js';

function message(key: number, bytes = 1): Message {
  const m = new Message(key, false, 'bob', 1, -1, new Uint8Array(bytes), 0, bytes);
  m.key = key;
  m.from = 'alice';
  m.origin = 1;
  return m;
}

/** A hand-out over messages on disk; the port has room for `room` entries. */
async function handOut({ stored = [] as Message[], room = Infinity } = {}) {
  const store = new MemoryStore();
  const batch = store.begin();
  for (const m of stored) batch.append('bob', m);
  const done = store.commit(batch);
  store.flushAll();
  await done;
  const delivered: number[] = [];
  const ended: number[] = [];
  const over = new Set<number>();
  const unflushed = new Unflushed();
  const source: HandOutSource = {
    name: 'bob',
    unflushed,
    receipts: null,
    traces: null,
    isOver: (key) => over.has(key),
    end: (m) => void ended.push(m.key),
    pageBegins: () => undefined,
  };
  const port = {
    room,
    get hasRoom(): boolean {
      return delivered.length < this.room;
    },
    fits: () => true,
    deliver: (m: Message) => void delivered.push(m.key),
  };
  const clock = new StillClock();
  const out = new HandOut(
    port as unknown as Port,
    source,
    store,
    clock,
    { handedOut: () => undefined },
    0,
    stored.length > 0,
  );
  const push = (m: Message): void => {
    unflushed.push(m);
    out.offer(m);
  };
  return { out, port, clock, delivered, ended, over, push };
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('a hand-out', () => {
  test('gives what is on disk before what is not, page by page, in the order of the keys', async () => {
    const { out, port, delivered, push } = await handOut({ stored: upTo(700).map((key) => message(key)), room: 10 });
    for (let key = 701; key <= 705; key++) push(message(key));
    out.pump();
    expect(delivered).toEqual(upTo(10));
    port.room = Infinity;
    out.pump();
    expect(delivered).toEqual(upTo(705));
    expect([out.wasHandedOut(705), out.wasHandedOut(706)]).toEqual([true, false]);
  });

  test('gives bodies of any size: one larger than a page too', async () => {
    const sizes = [1, 600_000, 600_000, 2_000_000, 1];
    const { out, delivered, push } = await handOut({ stored: sizes.map((size, n) => message(n + 1, size)) });
    push(message(6, 2_000_000));
    push(message(7));
    out.pump();
    expect(delivered).toEqual(upTo(7));
  });

  test('passes over what is over, on disk and in its page', async () => {
    const { out, port, delivered, over } = await handOut({ stored: upTo(6).map((key) => message(key)), room: 1 });
    over.add(2);
    out.pump();
    over.add(4);
    out.dropOver();
    port.room = Infinity;
    out.pump();
    expect(delivered).toEqual([1, 3, 5, 6]);
  });

  test('ends on its way what has expired on disk', async () => {
    const stored = upTo(3).map((key) => message(key));
    const { clock, out, delivered, ended } = await handOut({ stored: [stored[0]!, expiring(stored[1]!), stored[2]!] });
    clock.advance(1_000);
    out.pump();
    expect([delivered, ended]).toEqual([[1, 3], [2]]);
  });

  test('waits with what has expired before it was on disk, and says so when that is flushed', async () => {
    const { clock, out, delivered, ended, push } = await handOut({ room: 0 });
    push(expiring(message(1)));
    push(message(2));
    clock.advance(1_000);
    (out.outlet as unknown as { room: number }).room = Infinity;
    out.pump();
    expect([delivered, ended]).toEqual([[], []]);
    expect([out.flushed(), out.flushed()]).toEqual([true, false]);
  });
});

function expiring(m: Message): Message {
  m.expiresAt = new StillClock().wall + 1_000;
  return m;
}
