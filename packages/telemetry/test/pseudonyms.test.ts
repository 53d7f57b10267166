import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Pseudonyms } from '../src/pseudonyms.js';

const key = Buffer.from('0123456789abcdef');

test('a user is shown as ten characters, the same as long as the key is', () => {
  const names = new Pseudonyms(key, false);
  const bob = names.show('bob', 'session');
  expect(bob).toMatch(/^[a-z2-7]{10}$/);
  expect([names.show('bob', 'away'), new Pseudonyms(key, false).of('bob')]).toEqual([bob, bob]);
  expect(new Pseudonyms(Buffer.from('another key, 16 b'), false).of('bob')).not.toBe(bob);
});

test('the ten characters stand for five bits of each of the first ten bytes of the hash', () => {
  const hash = createHmac('sha256', key).update('bob').digest();
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  expect(new Pseudonyms(key, false).of('bob')).toBe(
    [...hash.subarray(0, 10)].map((byte) => letters[byte % 32]).join(''),
  );
});

test('services, groups, actors and behaviours are shown as they are, and with clear names everybody', () => {
  const names = new Pseudonyms(key, false);
  expect((['service', 'group', 'system', null] as const).map((name) => names.show('x', name))).toEqual([
    'x',
    'x',
    'x',
    'x',
  ]);
  expect(new Pseudonyms(key, true).show('bob', 'session')).toBe('bob');
});

test('whose pseudonym it is, is known of the last ten thousand', () => {
  const names = new Pseudonyms(key, false);
  const bob = names.of('bob');
  expect(names.nameOf(bob)).toBe('bob');
  for (let i = 0; i < 10_000; i++) names.of(`u${i}`);
  expect([names.nameOf(bob), names.nameOf('aaaaaaaaaa')]).toEqual([undefined, undefined]);
});
