import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Batch, MailboxStore, PendingMessage, PendingReceipt, SenderRecord } from '../src/index.js';

/** What the contract suite needs of an implementation. */
export interface StoreUnderTest {
  open(): Promise<MailboxStore>;
  /** Closes in good order and opens again. */
  reopen(store: MailboxStore): Promise<MailboxStore>;
  dispose(store: MailboxStore): Promise<void>;
}

export function message(
  key: number,
  fields: Partial<PendingMessage> & { readonly body?: string } = {},
): PendingMessage {
  const { body = `body ${key}`, ...rest } = fields;
  const bytes = Buffer.from(`<<${body}>>`);
  return {
    key,
    from: 'ann',
    origin: 1,
    cid: key,
    ts: 1_700_000_000_000 + key,
    expiresAt: 0,
    bytes,
    bodyStart: 2,
    bodyEnd: bytes.length - 2,
    ...rest,
  };
}

export function receipt(key: number, fields: Partial<PendingReceipt> = {}): PendingReceipt {
  return { key, peer: 'bob', kind: 1, origin: 1, cid: key, ts: 5_000 + key, code: '', upTo: 0, ...fields };
}

export const bodyOf = (m: PendingMessage): string => Buffer.from(m.bytes.subarray(m.bodyStart, m.bodyEnd)).toString();

export const END = Number.MAX_SAFE_INTEGER;
const EVERYTHING = 1e9;

/** Tests that every MailboxStore passes. */
export function describeMailboxStore(name: string, subject: StoreUnderTest): void {
  describe(`${name} keeps the contract of a MailboxStore:`, () => {
    let store: MailboxStore;
    beforeEach(async () => {
      store = await subject.open();
    });
    afterEach(() => subject.dispose(store));

    const commit = (record: (batch: Batch) => void): Promise<void> => {
      const batch = store.begin();
      record(batch);
      return store.commit(batch);
    };
    const keys = (user: string, after = 0, before = END, limit = 1_000, maxBytes = EVERYTHING): number[] =>
      store.read(user, after, before, limit, maxBytes).map((m) => m.key);
    /** The same checks on fresh data, on data in its final place and after a restart. */
    const everywhere = async (check: () => void): Promise<void> => {
      check();
      await store.settle();
      check();
      store = await subject.reopen(store);
      check();
    };

    test('an appended message is read with all its fields', async () => {
      const whole = message(7, { from: 'émile', origin: 3, cid: 9, expiresAt: 1_800_000_000_000, body: 'hé' });
      await commit((batch) => batch.append('bob', whole));
      await everywhere(() => {
        const [found] = store.read('bob', 0, END, 10, EVERYTHING);
        const { key, from, origin, cid, ts, expiresAt } = found as PendingMessage;
        expect({ key, from, origin, cid, ts, expiresAt }).toEqual({
          key: 7,
          from: 'émile',
          origin: 3,
          cid: 9,
          ts: whole.ts,
          expiresAt: 1_800_000_000_000,
        });
        expect(bodyOf(found as PendingMessage)).toBe('hé');
      });
    });

    test('nothing of a batch is visible before its commit has resolved', async () => {
      const done = commit((batch) => {
        batch.append('bob', message(1));
        batch.putReceipt('ann', receipt(1));
        batch.putSender('ann', 'phone', sender(1));
      });
      expect(keys('bob')).toEqual([]);
      expect(store.pending.messages).toBe(0);
      expect(store.receipts('ann')).toEqual([]);
      expect(store.sender('ann', 'phone')).toBeUndefined();
      await done;
      expect(keys('bob')).toEqual([1]);
    });

    test('the body is copied when it is appended', async () => {
      const original = message(1, { body: 'before' });
      const batch = store.begin();
      batch.append('bob', original);
      original.bytes.fill(120);
      await store.commit(batch);
      expect(store.read('bob', 0, END, 1, EVERYTHING).map(bodyOf)).toEqual(['before']);
    });

    test('a batch counts its operations and takes none once it was handed over', async () => {
      const batch = store.begin();
      batch.append('bob', message(1));
      batch.eraseUpTo('bob', 0);
      expect(batch.size).toBe(2);
      expect(batch.bytes).toBeGreaterThan(0);
      await store.commit(batch);
      expect(() => batch.append('bob', message(2))).toThrow(expect.objectContaining({ code: 'bad_operation' }));
    });

    test('an empty batch commits', async () => {
      await commit(() => undefined);
      expect(store.pending).toEqual({ messages: 0, bytes: 0 });
    });

    test('batches take effect in the order of their commit calls', async () => {
      const order: number[] = [];
      await Promise.all(
        [1, 2, 3].map((n) =>
          commit((batch) => batch.putSender('ann', 'phone', sender(1, { lastCid: n }))).then(() => order.push(n)),
        ),
      );
      expect(order).toEqual([1, 2, 3]);
      await everywhere(() => expect(store.sender('ann', 'phone')?.lastCid).toBe(3));
    });

    test('read gives the range of keys that was asked for, oldest first, up to the limit', async () => {
      await commit((batch) => {
        for (let key = 1; key <= 20; key++) batch.append('bob', message(key));
        batch.append('carl', message(5));
      });
      await everywhere(() => {
        expect(keys('bob', 0, END, 3)).toEqual([1, 2, 3]);
        expect(keys('bob', 3, 6)).toEqual([4, 5]);
        expect(keys('bob', 18)).toEqual([19, 20]);
        expect(keys('bob', 20)).toEqual([]);
        expect(keys('bob', 0, END, 0)).toEqual([]);
        expect(keys('nobody')).toEqual([]);
      });
    });

    test('read stops before the bodies come to more than maxBytes, but gives at least one', async () => {
      await commit((batch) => {
        for (let key = 1; key <= 3; key++) batch.append('bob', message(key, { body: 'x'.repeat(100) }));
      });
      await everywhere(() => {
        expect(keys('bob', 0, END, 10, 1)).toEqual([1]);
        expect(keys('bob', 0, END, 10, 199)).toEqual([1]);
        expect(keys('bob', 0, END, 10, 200)).toEqual([1, 2]);
      });
    });

    test('messages that come out of the order of their keys are read in it', async () => {
      await commit((batch) => batch.append('bob', message(5)));
      await store.settle();
      await commit((batch) => {
        batch.append('bob', message(9));
        batch.append('bob', message(3));
        batch.append('bob', message(7));
      });
      await everywhere(() => expect(keys('bob')).toEqual([3, 5, 7, 9]));
    });

    test('eraseUpTo erases what is there up to the key, and no later message', async () => {
      await commit((batch) => {
        for (let key = 1; key <= 10; key++) batch.append('bob', message(key));
        batch.append('carl', message(1));
      });
      await store.settle();
      await commit((batch) => {
        batch.append('bob', message(11));
        batch.eraseUpTo('bob', 4);
        batch.append('bob', message(12));
      });
      await everywhere(() => {
        expect(keys('bob')).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
        expect(keys('carl')).toEqual([1]);
        expect(store.count('bob').messages).toBe(8);
        expect(store.pending.messages).toBe(9);
      });
    });

    test('erase takes one message out, once', async () => {
      await commit((batch) => {
        for (let key = 1; key <= 4; key++) batch.append('bob', message(key));
      });
      await store.settle();
      await commit((batch) => {
        batch.append('bob', message(5));
        batch.erase('bob', 2);
        batch.erase('bob', 5);
        batch.erase('bob', 99);
      });
      await commit((batch) => batch.erase('bob', 2));
      await everywhere(() => {
        expect(keys('bob')).toEqual([1, 3, 4]);
        expect(store.pending.messages).toBe(3);
      });
    });

    test('a message that is appended and erased in one batch was never there', async () => {
      await commit((batch) => {
        batch.append('bob', message(1));
        batch.eraseUpTo('bob', 1);
      });
      await everywhere(() => {
        expect(keys('bob')).toEqual([]);
        expect(store.pending).toEqual({ messages: 0, bytes: 0 });
      });
    });

    test('counts are exact for messages and body bytes; countAtMost is never below', async () => {
      await commit((batch) => {
        for (let key = 1; key <= 50; key++) batch.append(`user ${key % 5}`, message(key, { body: 'x'.repeat(key) }));
      });
      await store.settle();
      await commit((batch) => batch.eraseUpTo('user 0', 20));
      await everywhere(() => {
        expect(store.count('user 0')).toEqual({ messages: 6, bytes: 25 + 30 + 35 + 40 + 45 + 50 });
        for (let user = 0; user < 6; user++) {
          const exact = store.count(`user ${user}`);
          const most = store.countAtMost(`user ${user}`);
          expect(store.deepest.messages).toBeGreaterThanOrEqual(store.count(`user ${user}`).messages);
          expect(store.deepest.bytes).toBeGreaterThanOrEqual(store.count(`user ${user}`).bytes);
          expect(most.messages).toBeGreaterThanOrEqual(exact.messages);
          expect(most.bytes).toBeGreaterThanOrEqual(exact.bytes);
        }
        expect(store.pending).toEqual({ messages: 46, bytes: (50 * 51) / 2 - (5 + 10 + 15 + 20) });
      });
    });

    test('a large body comes back whole', async () => {
      const body = 'y'.repeat(300_000);
      await commit((batch) => {
        batch.append('bob', message(1));
        batch.append('bob', message(2, { body }));
        batch.append('bob', message(3));
      });
      await everywhere(() => {
        const found = store.read('bob', 0, END, 10, EVERYTHING);
        expect(found.map((m) => bodyOf(m).length)).toEqual([6, 300_000, 6]);
        expect(bodyOf(found[1] as PendingMessage) === body).toBe(true);
      });
    });

    test('holds finds one message of one sender and origin', async () => {
      await commit((batch) => {
        batch.append('bob', message(1, { cid: 4 }));
        batch.append('bob', message(2, { cid: 6 }));
        batch.append('bob', message(3, { cid: 9, origin: 2 }));
        batch.append('bob', message(4, { cid: 11, from: 'carl' }));
      });
      await everywhere(() => {
        expect(store.holds('bob', 'ann', 1, 6)).toBe(true);
        expect(store.holds('bob', 'ann', 1, 7)).toBe(false);
        expect(store.holds('bob', 'ann', 2, 9)).toBe(true);
        expect(store.holds('bob', 'carl', 1, 11)).toBe(true);
        expect(store.holds('bob', 'dora', 1, 6)).toBe(false);
        expect(store.holds('dora', 'ann', 1, 6)).toBe(false);
      });
    });

    test('receipts of one peer, origin and kind are merged: the highest cid stays', async () => {
      await commit((batch) => {
        batch.putReceipt('ann', receipt(1, { cid: 5 }));
        batch.putReceipt('ann', receipt(2, { cid: 3 }));
        batch.putReceipt('ann', receipt(3, { cid: 5, kind: 2 }));
        batch.putReceipt('ann', receipt(4, { cid: 1, peer: 'carl' }));
      });
      await store.settle();
      await commit((batch) => {
        batch.putReceipt('ann', receipt(5, { cid: 8 }));
        batch.putReceipt('ann', receipt(6, { cid: 2, kind: 2 }));
        batch.putReceipt('ann', receipt(7, { cid: 1, origin: 2 }));
      });
      await everywhere(() =>
        expect(store.receipts('ann')).toEqual([
          receipt(3, { cid: 5, kind: 2 }),
          receipt(4, { cid: 1, peer: 'carl' }),
          receipt(5, { cid: 8 }),
          receipt(7, { cid: 1, origin: 2 }),
        ]),
      );
    });

    test('receipts of kind 3 are kept once for each cid', async () => {
      const failed = (key: number, cid: number) => receipt(key, { kind: 3, cid, code: 'expired', upTo: cid + 1 });
      await commit((batch) => {
        batch.putReceipt('ann', failed(1, 5));
        batch.putReceipt('ann', failed(2, 9));
        batch.putReceipt('ann', failed(3, 5));
      });
      await everywhere(() => expect(store.receipts('ann')).toEqual([failed(1, 5), failed(2, 9)]));
      await commit((batch) => batch.eraseReceipt('ann', 'bob', 3, 1, 9));
      await everywhere(() => expect(store.receipts('ann')).toEqual([failed(1, 5)]));
    });

    test('a receipt that goes beyond what was acked stays', async () => {
      await commit((batch) => batch.putReceipt('ann', receipt(1, { cid: 5 })));
      await store.settle();
      await commit((batch) => batch.eraseReceipt('ann', 'bob', 1, 1, 4));
      await everywhere(() => expect(store.receipts('ann')).toEqual([receipt(1, { cid: 5 })]));
      await commit((batch) => {
        batch.eraseReceipt('ann', 'bob', 1, 1, 5);
        batch.eraseReceipt('ann', 'nobody', 1, 1, 5);
      });
      await everywhere(() => expect(store.receipts('ann')).toEqual([]));
    });

    test('a receipt may come back lower once its predecessor is erased', async () => {
      await commit((batch) => batch.putReceipt('ann', receipt(1, { cid: 5 })));
      await store.settle();
      await commit((batch) => {
        batch.eraseReceipt('ann', 'bob', 1, 1, 5);
        batch.putReceipt('ann', receipt(2, { cid: 2 }));
      });
      await everywhere(() => expect(store.receipts('ann')).toEqual([receipt(2, { cid: 2 })]));
    });

    test('the last record of a client is kept, with its rejections', async () => {
      const rejections = [{ cid: 4, code: 'mailbox_full', detail: 'voll, à ras bord', retryAfterMs: 10 }];
      await commit((batch) => {
        batch.putSender('ann', 'phone', sender(1));
        batch.putSender('ann', 'phone', sender(1, { lastCid: 3, highCid: 4, rejections }));
        batch.putSender('ann', 'laptop', sender(2));
      });
      await everywhere(() => {
        expect(store.sender('ann', 'phone')).toEqual(sender(1, { lastCid: 3, highCid: 4, rejections }));
        expect(store.sender('ann', 'laptop')).toEqual(sender(2));
        expect(store.sender('ann', 'watch')).toBeUndefined();
        expect(store.highestOrigin('ann')).toBe(2);
        expect(store.highestOrigin('bob')).toBe(0);
      });
    });

    test('an origin once used is never forgotten', async () => {
      await commit((batch) => {
        batch.useOrigin('ann', 7);
        batch.useOrigin('ann', 5);
      });
      await store.settle();
      await commit((batch) => batch.putSender('ann', 'phone', sender(2)));
      await everywhere(() => expect(store.highestOrigin('ann')).toBe(7));
    });

    test('a sweep forgets clients that were not used since, and keeps their origins', async () => {
      await commit((batch) => {
        batch.putSender('ann', 'old', sender(3, { usedAt: 100 }));
        batch.putSender('ann', 'new', sender(2, { usedAt: 200 }));
        batch.putSender('bob', 'renewed', sender(1, { usedAt: 100 }));
      });
      await store.settle();
      store = await subject.reopen(store);
      await commit((batch) => batch.putSender('bob', 'renewed', sender(1, { usedAt: 300 })));
      expect(await store.sweepSenders(200)).toBe(1);
      await everywhere(() => {
        expect(store.sender('ann', 'old')).toBeUndefined();
        expect(store.sender('ann', 'new')?.usedAt).toBe(200);
        expect(store.sender('bob', 'renewed')?.usedAt).toBe(300);
        expect(store.highestOrigin('ann')).toBe(3);
      });
    });

    test('a sweep of very many forgets each of them, and no other', async () => {
      await commit((batch) => {
        for (let i = 0; i < 3_000; i++)
          batch.putSender(`user ${i}`, 'phone', sender(1, { usedAt: i % 3 === 0 ? 200 : 100 }));
      });
      await store.settle();
      expect(await store.sweepSenders(200)).toBe(2_000);
      await everywhere(() => {
        for (let i = 0; i < 3_000; i++) expect(store.sender(`user ${i}`, 'phone') !== undefined).toBe(i % 3 === 0);
      });
    });

    test('due gives the messages whose ttl has ended, first ended first, until they are erased', async () => {
      await commit((batch) => {
        batch.append('bob', message(1, { expiresAt: 300, body: 'abc' }));
        batch.append('bob', message(2));
        batch.append('carl', message(3, { expiresAt: 100 }));
        batch.append('carl', message(4, { expiresAt: 200 }));
      });
      const ended = (now: number, limit = 10) => store.due(now, limit).map((d) => d.key);
      await everywhere(() => {
        expect(ended(99)).toEqual([]);
        expect(ended(100)).toEqual([3]);
        expect(ended(1_000)).toEqual([3, 4, 1]);
        expect(ended(1_000, 2)).toEqual([3, 4]);
        expect(store.due(1_000, 10)[2]).toEqual({ user: 'bob', key: 1, from: 'ann', origin: 1, cid: 1, bodyBytes: 3 });
      });
      await commit((batch) => batch.erase('carl', 3));
      await commit((batch) => batch.eraseUpTo('bob', 1));
      await everywhere(() => expect(ended(1_000)).toEqual([4]));
    });

    test('the ledger is found again at the next start', async () => {
      await commit((batch) => batch.setLedger({ accepted: 5, delivered: 2, failed: 1 }));
      store = await subject.reopen(store);
      expect(store.ledger).toEqual({ accepted: 5, delivered: 2, failed: 1 });
      store = await subject.reopen(store);
      expect(store.ledger).toEqual({ accepted: 5, delivered: 2, failed: 1 });
    });

    test('every opening counts, for each of the 64 partitions', async () => {
      expect([...store.openings]).toEqual(Array.from({ length: 64 }, () => 1));
      store = await subject.reopen(store);
      expect([...store.openings]).toEqual(Array.from({ length: 64 }, () => 2));
    });

    test('a name has the same partition at every start', async () => {
      const names = Array.from({ length: 500 }, (_, i) => `name ${i}`);
      const partitions = names.map((name) => store.partitionOf(name));
      expect(new Set(partitions).size).toBe(64);
      store = await subject.reopen(store);
      expect(names.map((name) => store.partitionOf(name))).toEqual(partitions);
    });

    test('a closed store takes no commit', async () => {
      const batch = store.begin();
      batch.append('bob', message(1));
      const other = await subject.reopen(store);
      await expect(store.commit(batch)).rejects.toMatchObject({ code: 'store_closed' });
      store = other;
    });

    test('it is quiet after settle', async () => {
      await commit((batch) => {
        for (let key = 1; key <= 100; key++) batch.append(`user ${key}`, message(key));
      });
      await commit((batch) => {
        for (let key = 1; key <= 50; key++) batch.eraseUpTo(`user ${key}`, key);
      });
      await store.settle();
      expect(store.quiet).toBe(true);
      expect(store.pending.messages).toBe(50);
    });
  });
}

export function sender(origin: number, fields: Partial<SenderRecord> = {}): SenderRecord {
  return { origin, lastCid: 0, highCid: 0, usedAt: 1_000, rejections: [], ...fields };
}
