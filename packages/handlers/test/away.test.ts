import { beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceRun } from '@mailbeam/handler/test-kit';
import away from '../src/away.js';
import type { AwayState } from '../src/away.js';

const hour = 3_600_000;

describe('away', () => {
  let run: ServiceRun<AwayState>;

  beforeEach(async () => {
    run = await ServiceRun.start(away);
  });

  const sent = (): string[] => run.takeSent().map((message) => `${message.to} < ${message.text()}`);

  test('forwards what is for somebody', async () => {
    await run.message('alice', '@bob lunch?\nat one');
    expect(sent()).toEqual(['bob < alice: lunch?\nat one']);
  });

  test('tells who writes to somebody who is away, once a day', async () => {
    await run.message('bob', 'away back on Monday');
    expect(sent()).toEqual(['bob < you are away']);
    await run.message('alice', '@bob lunch?');
    expect(sent()).toEqual(['bob < alice: lunch?', 'alice < bob is away: back on Monday']);
    await run.advance(23 * hour);
    await run.message('alice', '@bob hello?');
    expect(sent()).toEqual(['bob < alice: hello?']);
    await run.advance(hour);
    await run.message('alice', '@bob still there?');
    expect(sent()).toContain('alice < bob is away: back on Monday');
  });

  test('is over with back, and then begins anew', async () => {
    await run.call('bob', 'set', { text: 'at lunch' });
    expect(await run.call('alice', 'of', { user: 'bob' })).toBe('at lunch');
    await run.message('alice', '@bob hi');
    await run.message('bob', 'back');
    expect(await run.call('alice', 'of', { user: 'bob' })).toBeNull();
    await run.message('bob', 'away gone again');
    sent();
    await run.message('alice', '@bob hi');
    expect(sent()).toContain('alice < bob is away: gone again');
  });

  test('forgets whom it told, so that it does not grow', async () => {
    await run.message('bob', 'away');
    await run.message('bob', 'away for long');
    await run.message('alice', '@bob hi');
    expect(run.state.told.size).toBe(1);
    await run.advance(25 * hour);
    expect(run.state.told.size).toBe(0);
  });

  test.each([
    '@\u0001 hi',
    '@$echo hi',
    '@#all hi',
    `@${'b'.repeat(129)} hi`,
    'hello',
    '@bob',
    `away ${'x'.repeat(501)}`,
  ])('answers %j with how it is used, and crashes at nothing', async (line) => {
    await run.message('alice', line);
    const [answer, ...more] = sent();
    expect(answer).toMatch(/^alice < (?:send `away TEXT`|the text has at most)/);
    expect(more).toEqual([]);
  });

  test('answers no service', async () => {
    await run.message('$away', 'hello');
    expect(sent()).toEqual([]);
  });
});
