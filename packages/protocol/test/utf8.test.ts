import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasLoneSurrogate, isUtf8, putUtf8, utf8Length } from '../src/utf8.js';

test('isUtf8 agrees with TextDecoder about every byte sequence', () => {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const unit = fc.oneof(
    fc.nat(255),
    fc.constantFrom(0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 8 }), (units) => {
      const bytes = Uint8Array.from(units);
      let valid = true;
      try {
        strict.decode(bytes);
      } catch {
        valid = false;
      }
      expect(isUtf8(bytes, 0, bytes.length)).toBe(valid);
    }),
    { numRuns: 5000 },
  );
});

test('putUtf8 writes what TextEncoder writes, lone surrogates included, in utf8Length bytes', () => {
  const units = fc
    .array(
      fc.oneof(fc.nat(0xffff), fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xffff)),
      { maxLength: 200 },
    )
    .map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(fc.oneof(units, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
      const bytes = new Uint8Array(1 + utf8Length(text));
      expect(putUtf8(bytes, 1, text)).toBe(bytes.length);
      expect(bytes.subarray(1)).toEqual(new TextEncoder().encode(text));
    }),
    { numRuns: 2000 },
  );
});

test('hasLoneSurrogate is what String.prototype.isWellFormed denies', () => {
  expect(hasLoneSurrogate('a🦊b')).toBe(false);
  for (const text of ['\ud83e', 'a\udd8a', '\udd8a\ud83e', '🦊\ud83e', '\ud83e🦊']) {
    expect(hasLoneSurrogate(text)).toBe(true);
  }
});
