import { expect, test } from '@jest/globals';
import { StoreError, lmdbStoreDefaults, storeErrorKinds } from '../src/index.js';
import { resolveOptions } from '../src/options.js';

test('options that are left out have their defaults', () => {
  expect(resolveOptions({})).toEqual(lmdbStoreDefaults);
  expect(resolveOptions({ mergeRuns: 4 })).toEqual({ ...lmdbStoreDefaults, mergeRuns: 4 });
});

test('an unknown option and a value out of range are refused by name', () => {
  expect(() => resolveOptions({ mergeRun: 4 } as never)).toThrow(/mergeRun is not known/);
  expect(() => resolveOptions({ mergeRuns: 1 })).toThrow(/mergeRuns is 1; allowed is 2 to 64/);
  expect(() => resolveOptions({ eraseDelayMs: '5' as never })).toThrow(/eraseDelayMs is 5/);
});

test('every error code has a sentence, a scope and says whether trying again helps', () => {
  for (const code of Object.keys(storeErrorKinds) as (keyof typeof storeErrorKinds)[]) {
    const error = new StoreError(code, 'detail', new Error('cause'));
    expect(error).toMatchObject({ name: 'StoreError', code, scope: storeErrorKinds[code].scope });
    expect(error.message).toContain(`${storeErrorKinds[code].sentence}: detail`);
  }
});
