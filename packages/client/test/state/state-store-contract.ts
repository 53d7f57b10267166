import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StateStore } from '../../src/index.js';
import { bytes, rejection } from '../bench.js';

/** An implementation under test. */
export interface StoreUnderTest {
  /** Two objects for the same state. */
  make(): Promise<{ first: StateStore; second: StateStore }>;
  cleanUp(): Promise<void>;
}

/** What every `StateStore` must keep. */
export function stateStoreContract(name: string, under: StoreUnderTest): void {
  describe(`${name} keeps the contract of StateStore`, () => {
    let first: StateStore;
    let second: StateStore;
    beforeEach(async () => {
      ({ first, second } = await under.make());
    });
    afterEach(async () => {
      await first.close();
      await second.close();
      await under.cleanUp();
    });

    test('a new one is empty', async () => {
      expect(await first.open()).toEqual(new Map());
    });

    test('what was written is there after it is opened again', async () => {
      await first.open();
      await first.write(
        new Map([
          ['a', bytes('1')],
          ['b', bytes('2')],
          ['empty', new Uint8Array()],
        ]),
      );
      await first.write(
        new Map([
          ['a', undefined],
          ['b', bytes('3')],
          ['none', undefined],
        ]),
      );
      await first.close();
      expect(plain(await second.open())).toEqual({ b: '3', empty: '' });
    });

    test('keys may hold any text', async () => {
      await first.open();
      const key = 'mark/7/["bob\\u0000 \\"\u{1f600}",""]';
      await first.write(new Map([[key, bytes('1')]]));
      await first.close();
      expect(plain(await second.open())).toEqual({ [key]: '1' });
    });

    test('a value is what it was when it was written', async () => {
      await first.open();
      const value = new Uint8Array(300_000).map((_, i) => i * 31);
      const copy = value.slice();
      await first.write(new Map([['a', value]]));
      value.fill(0);
      await first.close();
      const read = (await second.open()).get('a');
      // Not `toEqual`, whose account of a difference in 300,000 elements takes minutes.
      expect(Buffer.compare(read ?? new Uint8Array(), copy)).toBe(0);
    });

    test('one client has it at a time: another gets state_in_use until it is closed', async () => {
      await first.open();
      expect(await rejection(second.open())).toMatchObject({ code: 'state_in_use', retryable: true });
      await first.close();
      await second.open();
    });

    test('close may be called twice, and before open', async () => {
      await first.close();
      await first.open();
      await first.close();
      await first.close();
      await second.open();
    });
  });
}

function plain(values: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...values].map(([key, value]) => [key, new TextDecoder().decode(value)]));
}
