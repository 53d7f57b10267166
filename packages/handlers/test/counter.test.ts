import { describe, expect, test } from '@jest/globals';
import { ServiceRun } from '@mailbeam/handler/test-kit';
import counterV1 from '../src/counter-v1.js';
import counter from '../src/counter.js';

describe('the counter', () => {
  test('counts for each user', async () => {
    const run = await ServiceRun.start(counter);
    expect(await run.call('alice', 'add', { by: 2 })).toBe(2);
    expect(await run.call('alice', 'add', {})).toBe(3);
    expect(await run.call('bob', 'add', { by: -1 })).toBe(-1);
    expect(await run.call('bob', 'mine')).toBe(-1);
    expect(await run.call('bob', 'total')).toBe(2);
  });

  test('takes over what 1.0.0 has counted, and gives it back', async () => {
    const v1 = await ServiceRun.start(counterV1);
    await v1.call('alice', 'add', { by: 40 });
    const v2 = v1.moveTo(counter);
    expect(await v2.call('bob', 'add', { by: 2 })).toBe(2);
    expect(await v2.call('bob', 'total')).toBe(42);
    const back = v2.moveTo(counterV1);
    expect(await back.call('alice', 'total')).toBe(42);
  });

  test('passes its own test', async () => {
    await expect(Promise.resolve(counter.selfTest?.())).resolves.toBeUndefined();
  });
});
