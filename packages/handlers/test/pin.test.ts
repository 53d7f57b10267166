import { describe, expect, test } from '@jest/globals';
import { ServiceRun } from '@mailbeam/handler/test-kit';
import pin from '../src/pin.js';

describe('the PIN of a user', () => {
  test('is set once, and checked', async () => {
    const run = await ServiceRun.start(pin, { caller: 'alice' });
    await expect(run.call('alice', 'check', { pin: '1234' })).rejects.toMatchObject({ code: 'not_set' });
    await run.call('alice', 'set', { pin: '1234' });
    expect(await run.call('alice', 'check', { pin: '1234' })).toBe(true);
    expect(await run.call('alice', 'check', { pin: '4321' })).toBe(false);
    await expect(run.call('alice', 'set', { pin: '4321' })).rejects.toMatchObject({ code: 'already_set' });
    expect(JSON.stringify(run.state)).not.toContain('1234');
  });

  test('is locked for a minute after five wrong tries', async () => {
    const run = await ServiceRun.start(pin, { caller: 'alice' });
    await run.call('alice', 'set', { pin: '1234' });
    for (let i = 0; i < 5; i++) expect(await run.call('alice', 'check', { pin: '0000' })).toBe(false);
    await expect(run.call('alice', 'check', { pin: '1234' })).rejects.toMatchObject({ code: 'locked' });
    await run.advance(60_000);
    expect(await run.call('alice', 'check', { pin: '1234' })).toBe(true);
  });

  test('must be digits', async () => {
    const run = await ServiceRun.start(pin, { caller: 'alice' });
    await expect(run.call('alice', 'set', { pin: 'abc' })).rejects.toMatchObject({
      code: 'bad_args',
      detail: 'pin: must be 4 to 12 digits',
    });
  });
});
