import { beforeEach, describe, expect, test } from '@jest/globals';
import { InterceptorRun, ServiceRun } from '@mailbeam/handler/test-kit';
import { encodeAny } from '@mailbeam/protocol';
import away from '../src/away.js';
import notice from '../src/away-notice.js';
import type { AwayState } from '../src/away.js';

const hour = 3_600_000;

describe('away', () => {
  let run: ServiceRun<AwayState>;

  beforeEach(async () => {
    run = await ServiceRun.start(away);
  });

  const sent = (): string[] => run.takeSent().map((message) => `${message.to} < ${message.text()}`);

  /** What `away-notice` does with a message. */
  async function writes(from: string, to: string, again = false): Promise<void> {
    const verdict = await new InterceptorRun(notice, from).send(to, 'hi', { again });
    expect(verdict.action).toBe('pass');
    if (verdict.action === 'pass' && verdict.tell !== undefined) {
      expect(verdict.tell.service).toBe('$away');
      await run.signal(from, encodeAny(verdict.tell.note));
    }
  }

  test('says nothing of who is there', async () => {
    await writes('alice', 'bob');
    expect(sent()).toEqual([]);
  });

  test('tells who writes to somebody who is away, once a day', async () => {
    await run.message('bob', 'away back on Monday');
    expect(sent()).toEqual(['bob < you are away']);
    await writes('alice', 'bob');
    expect(sent()).toEqual(['alice < bob is away: back on Monday']);
    await run.advance(23 * hour);
    await writes('alice', 'bob');
    expect(sent()).toEqual([]);
    await run.advance(hour);
    await writes('alice', 'bob');
    expect(sent()).toEqual(['alice < bob is away: back on Monday']);
  });

  test('is over with back, and then begins anew', async () => {
    await run.call('bob', 'set', { text: 'at lunch' });
    expect(await run.call('alice', 'of', { user: 'bob' })).toBe('at lunch');
    await writes('alice', 'bob');
    await run.message('bob', 'back');
    expect(await run.call('alice', 'of', { user: 'bob' })).toBeNull();
    await run.message('bob', 'away gone again');
    sent();
    await writes('alice', 'bob');
    expect(sent()).toEqual(['alice < bob is away: gone again']);
  });

  test('hears of no resend, and of nothing that goes to a service', async () => {
    await run.message('bob', 'away');
    await run.message('bob', 'away for long');
    sent();
    await writes('alice', 'bob', true);
    await writes('alice', '$away');
    expect(sent()).toEqual([]);
  });

  test('forgets whom it told, so that it does not grow', async () => {
    await run.message('bob', 'away');
    await run.message('bob', 'away for long');
    await writes('alice', 'bob');
    expect(run.state.told.size).toBe(1);
    await run.advance(25 * hour);
    expect(run.state.told.size).toBe(0);
  });

  test.each(['hello', '@bob', `away ${'x'.repeat(501)}`])('answers %j with how it is used', async (line) => {
    await run.message('alice', line);
    const [answer, ...more] = sent();
    expect(answer).toMatch(/^alice < (?:send `away TEXT`|the text has at most)/);
    expect(more).toEqual([]);
  });

  test.each(['hello', Uint8Array.of(0xc1), encodeAny({ to: 7 }), encodeAny(null)])(
    'drops a signal that is no notice',
    async (body) => {
      await run.signal('mallory', body);
      expect(sent()).toEqual([]);
    },
  );

  test('answers no service', async () => {
    await run.message('$away', 'hello');
    expect(sent()).toEqual([]);
  });
});
