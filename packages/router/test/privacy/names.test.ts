import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Names } from '../../src/privacy/names.js';
import { pseudonymKey } from '../../src/privacy/pseudonym-key.js';

const key = Buffer.alloc(32, 7);

describe('the name of a user', () => {
  test('is shown as a pseudonym of 10 characters, always the same with the same key', () => {
    const names = new Names(key, false);
    expect(names.show('alice')).toMatch(/^[a-z2-7]{10}$/);
    expect(names.show('alice')).toBe(new Names(Buffer.alloc(32, 7), false).show('alice'));
    expect(names.show('alice')).not.toBe(names.show('alicf'));
    expect(names.show('alice')).not.toBe(new Names(Buffer.alloc(32, 8), false).show('alice'));
    expect(Names.isPseudonym(names.show('Ünïcode, with blanks'))).toBe(true);
  });

  test('is shown as it is where names may be clear', () => {
    expect(new Names(key, true).show('alice')).toBe('alice');
  });

  test('of a service or a group is nobody’s, and shown as it is', () => {
    const names = new Names(key, false);
    expect([names.show('$ledger'), names.show('#team')]).toEqual(['$ledger', '#team']);
  });
});

test('the key is made once, and only its owner reads it', () => {
  const data = mkdtempSync(join(tmpdir(), 'mailbeam-key-'));
  try {
    const made = pseudonymKey(data);
    expect(pseudonymKey(data)).toEqual(made);
    expect(statSync(join(data, 'pseudonym.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(data, 'pseudonym.key'), 'utf8').trim()).toHaveLength(43);
  } finally {
    rmSync(data, { recursive: true });
  }
});
