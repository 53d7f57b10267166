import { expect, test, describe } from '@jest/globals';
import fc from 'fast-check';
import { Unpackr } from 'msgpackr';
import { decodeAny, encodeAny } from '../src/index.js';
import { anyValue } from './arbitraries.js';
import { hex } from './recorder.js';

test('a value comes back as it was, and msgpackr reads it the same way', () => {
  const unpackr = new Unpackr({ useRecords: false, int64AsType: 'auto' as 'number' });
  fc.assert(
    fc.property(anyValue, (value) => {
      const bytes = encodeAny(value);
      expect(decodeAny(bytes)).toEqual(value);
      expect(unpackr.unpack(bytes)).toEqual(value);
    }),
    { numRuns: 1000 },
  );
});

describe('encodeAny', () => {
  test.each([
    [null, 'c0'],
    [undefined, 'c0'],
    [true, 'c3'],
    [0, '00'],
    [-0, '00'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-128, 'd080'],
    [-129, 'd1ff7f'],
    [-32768, 'd18000'],
    [-32769, 'd2ffff7fff'],
    [-(2 ** 31), 'd280000000'],
    [-(2 ** 31) - 1, 'd3ffffffff7fffffff'],
    [-(2 ** 53) + 1, 'd3ffe0000000000001'],
    [2 ** 32, 'cf0000000100000000'],
    [7n, '07'],
    [-7n, 'f9'],
    [0.5, 'cb3fe0000000000000'],
    [2 ** 53, 'cb4340000000000000'],
    [Infinity, 'cb7ff0000000000000'],
    ['', 'a0'],
    [Uint8Array.of(1), 'c40101'],
    [[], '90'],
    [{}, '80'],
    [{ a: undefined, b: 1 }, '81a16201'],
    [[undefined], '91c0'],
  ])('writes %p in its shortest form', (value, expected) => {
    expect(hex(encodeAny(value))).toBe(expected);
  });

  test.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a RegExp', /x/],
    ['a large BigInt', 2n ** 53n],
    ['a Float64Array', new Float64Array(1)],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['one of these within an object', { a: [new Date(0)] }],
  ])('refuses %s', (_, value) => {
    expect(() => encodeAny(value)).toThrow(TypeError);
  });

  test('refuses a cycle and what is nested more than 64 deep', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => encodeAny(cycle)).toThrow(/nested/);
    let deep: unknown = 1;
    for (let i = 0; i < 64; i++) deep = [deep];
    expect(decodeAny(encodeAny(deep))).toEqual(deep);
    expect(() => encodeAny([deep])).toThrow(/nested/);
  });

  test('grows to what a value needs and gives bytes of their own', () => {
    const first = encodeAny(['x'.repeat(5000)]);
    const copy = first.slice();
    encodeAny(['y'.repeat(5000)]);
    expect(first).toEqual(copy);
  });
});

describe('decodeAny', () => {
  test.each([
    ['nothing', ''],
    ['two values', '0101'],
    ['a value cut off', '92c0'],
    ['an extension type', 'd40100'],
    ['byte c1', 'c1'],
    ['a str that is not UTF-8', 'a1ff'],
    ['a key that is no str', '810101'],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeAny(Uint8Array.from(Buffer.from(bytes, 'hex')))).toThrow(TypeError);
  });

  test('sets no prototype', () => {
    const bytes = Uint8Array.from([0x81, 0xa9, ...Buffer.from('__proto__'), 0x81, 0xa1, 0x78, 0x01]);
    const value = decodeAny(bytes) as Record<string, unknown>;
    expect(value['x']).toBeUndefined();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('copies bins, so that they outlive the message', () => {
    const bytes = Uint8Array.from([0xc4, 2, 1, 2]);
    const value = decodeAny(bytes) as Uint8Array;
    bytes.fill(9);
    expect([...value]).toEqual([1, 2]);
  });

  test('reads only between its bounds', () => {
    expect(decodeAny(Uint8Array.from([0xc1, 0x91, 0x05, 0xc1]), 1, 3)).toEqual([5]);
  });
});
