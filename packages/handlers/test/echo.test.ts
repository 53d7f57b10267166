import { expect, test } from '@jest/globals';
import { ServiceRun } from '@mailbeam/handler/test-kit';
import echo from '../src/echo.js';

test('echo sends back what it gets, to users only', async () => {
  const run = await ServiceRun.start(echo);
  await run.message('alice', new Uint8Array([0xff, 0]));
  await run.message('$echo', 'hello');
  await run.signal('alice', 'typing');
  expect(run.sent.map(({ to, body, isSignal }) => [to, [...body], isSignal])).toEqual([
    ['alice', [0xff, 0], false],
    ['alice', [...Buffer.from('typing')], true],
  ]);
});

test('echo says what a call gives it, and nothing that is no text', async () => {
  const run = await ServiceRun.start(echo);
  expect(await run.call('alice', 'say', { text: 'hi' })).toBe('hi');
  await expect(run.call('alice', 'say', { text: 1 })).rejects.toMatchObject({ code: 'bad_args' });
});
