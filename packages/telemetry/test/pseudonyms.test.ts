import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Pseudonyms } from '../src/pseudonyms.js';

const key = Buffer.from('0123456789abcdef');

test('a user is shown as ten characters, the same as long as the key is', () => {
  const names = new Pseudonyms(key, false);
  const bob = names.show('bob', 'session');
  expect(bob).toMatch(/^[0-9a-hjkmnp-tv-z]{10}$/);
  expect([names.show('bob', 'away'), new Pseudonyms(key, false).of('bob')]).toEqual([bob, bob]);
  expect(new Pseudonyms(Buffer.from('another key, 16 b'), false).of('bob')).not.toBe(bob);
});

test('the ten characters are the first 50 bits of the hash', () => {
  const hash = createHmac('sha256', key).update('bob').digest();
  const bits = BigInt(`0x${hash.toString('hex')}`) >> (256n - 50n);
  const letters = '0123456789abcdefghjkmnpqrstvwxyz';
  const expected = Array.from({ length: 10 }, (_, i) => letters[Number((bits >> BigInt(5 * (9 - i))) & 31n)]).join('');
  expect(new Pseudonyms(key, false).of('bob')).toBe(expected);
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
  expect([names.nameOf(bob), names.nameOf('0000000000')]).toEqual([undefined, undefined]);
});
