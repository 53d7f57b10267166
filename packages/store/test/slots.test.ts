import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eachRecord } from '../src/block.js';
import { LmdbBatch } from '../src/lmdb-batch.js';
import { NameFilter } from '../src/name-filter.js';
import { NameHash } from '../src/name-hash.js';
import { keyOf, messageOf, userOf } from '../src/record.js';
import { Slots } from '../src/slots.js';
import { bodyOf, message } from './mailbox-store.contract.js';

const hash = new NameHash(1, 2);

function slotsOf(entries: readonly { readonly user: string; readonly key: number; readonly body: string }[]): Slots {
  const batch = new LmdbBatch(hash, []);
  for (const { user, key, body } of entries) batch.append(user, message(key, { body }));
  batch.seal();
  const slots = new Slots();
  for (const block of batch.blocks) {
    const number = slots.addBlock(block);
    eachRecord(block, 'a block', (at) => slots.append(number, at));
  }
  return slots;
}

const entry = fc.record({
  user: fc.oneof(fc.constantFrom('a', 'b', 'ü'), fc.string({ minLength: 1, maxLength: 40 })),
  key: fc.nat(50),
  body: fc.string({ maxLength: 2_000 }),
});

test('slots are found by user, in key order, and give back what was appended', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 200 }), (entries) => {
      const slots = slotsOf(entries);
      for (const { user } of entries) {
        hash.of(user);
        const group = slots.group(hash.hi, hash.lo);
        const found: [number, string][] = [];
        for (let slot = slots.first(group); slot !== -1; slot = slots.next(slot)) {
          expect(userOf(slots.block(slot), slots.at(slot))).toBe(Buffer.from(user).toString());
          found.push([slots.key(slot), bodyOf(messageOf(slots.block(slot), slots.at(slot), true))]);
        }
        const expected = entries
          .filter((e) => e.user === user)
          .map((e): [number, string] => [e.key, Buffer.from(e.body).toString()]);
        expect(found).toEqual(expected.sort((a, b) => a[0] - b[0]));
        expect(slots.messages(group)).toBe(expected.length);
      }
    }),
  );
});

test('sorted slots follow the order of a run and leave the erased out', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 200 }), fc.nat(50), (entries, upTo) => {
      const slots = slotsOf(entries);
      hash.of('a');
      const group = slots.group(hash.hi, hash.lo);
      if (group !== -1) slots.eraseUpTo(group, Buffer.from('a'), upTo, () => undefined);
      const order = [...slots.sorted()];
      expect(order).toHaveLength(entries.filter((e) => e.user !== 'a' || e.key > upTo).length);
      for (let i = 1; i < order.length; i++) {
        const [a, b] = [order[i - 1] as number, order[i] as number];
        const isOrdered =
          slots.hi(a) < slots.hi(b) ||
          (slots.hi(a) === slots.hi(b) &&
            (slots.lo(a) < slots.lo(b) || (slots.lo(a) === slots.lo(b) && slots.key(a) <= slots.key(b))));
        expect(isOrdered).toBe(true);
        expect(keyOf(slots.block(a), slots.at(a))).toBe(slots.key(a));
      }
    }),
  );
});

test('a filter never denies a name that it holds and rarely claims one that it does not', () => {
  const filter = new NameFilter(10_000);
  let claims = 0;
  for (let i = 0; i < 20_000; i++) {
    hash.of(`name ${i}`);
    if (i < 10_000) filter.add(hash.hi, hash.lo);
    else if (filter.mayHold(hash.hi, hash.lo)) claims += 1;
  }
  for (let i = 0; i < 10_000; i++) {
    hash.of(`name ${i}`);
    expect(filter.mayHold(hash.hi, hash.lo)).toBe(true);
  }
  expect(claims / 10_000).toBeLessThan(0.05);
});
