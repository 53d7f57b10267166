import { expect, test, describe } from '@jest/globals';
import fc from 'fast-check';
import { NameCache, nameKind } from '../src/index.js';
import { readText } from '../src/utf8.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('nameKind', () => {
  test.each([
    ['bob', 1],
    ['b', 1],
    ['bob smith', 1],
    ['a#b$c', 1],
    ['Борис', 1],
    ['🦊', 1],
    ['n'.repeat(128), 1],
    ['ж'.repeat(64), 1],
    ['🦊'.repeat(32), 1],
    ['#team', 2],
    ['#t', 2],
    [`#${'n'.repeat(127)}`, 2],
    ['$echo', 3],
    ['', 0],
    ['#', 0],
    ['$', 0],
    ['n'.repeat(129), 0],
    ['ж'.repeat(65), 0],
    ['🦊'.repeat(33), 0],
    [`#${'n'.repeat(128)}`, 0],
    ['a\u0000', 0],
    ['a\tb', 0],
    ['a\u001f', 0],
    ['a\u007f', 0],
    ['a\u0080', 0],
    ['a\u009f', 0],
    ['a\u00a0', 1],
    ['\ud800', 0],
    ['a\udc00b', 0],
    ['\udc00\ud800', 0],
  ] as const)('of %j is %i', (name, kind) => {
    expect(nameKind(name)).toBe(kind);
  });
});

describe('NameCache', () => {
  test('gives the same name as a decoder, and its kind, however full it is', () => {
    const cache = new NameCache(4);
    const text = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 140 }),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        for (const one of texts) {
          const bytes = utf8(`..${one}..`);
          expect(cache.read(bytes, 2, bytes.length - 2)).toBe(one);
          expect(cache.kind).toBe(nameKind(one));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('refuses bytes that are not UTF-8 and goes on with the next name', () => {
    const cache = new NameCache(1);
    expect(cache.read(utf8('bob'), 0, 3)).toBe('bob');
    for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]]) {
      expect(cache.read(Uint8Array.from(bad), 0, bad.length)).toBeUndefined();
      expect(cache.kind).toBe(0);
    }
    expect(cache.read(utf8('bob'), 0, 3)).toBe('bob');
    expect(cache.kind).toBe(1);
  });

  test('does not depend on the bytes that it was given once they have changed', () => {
    const cache = new NameCache(1);
    const bytes = utf8('bob');
    cache.read(bytes, 0, 3);
    bytes.fill(0x61);
    expect(cache.read(bytes, 0, 3)).toBe('aaa');
    expect(cache.read(utf8('bob'), 0, 3)).toBe('bob');
  });

  test('wants a power of two', () => {
    for (const slots of [0, 3, -4, 1.5, Number.NaN, 131_072]) expect(() => new NameCache(slots)).toThrow(RangeError);
  });
});

describe('readText', () => {
  test('agrees with TextDecoder about every byte sequence', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const unit = fc.oneof(
      fc.nat(255),
      fc.constantFrom(0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        const bytes = Uint8Array.from(units);
        let expected: string | undefined;
        try {
          expected = strict.decode(bytes);
        } catch {
          expected = undefined;
        }
        expect(readText(bytes, 0, bytes.length)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });
});
