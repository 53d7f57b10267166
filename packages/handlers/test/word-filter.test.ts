import { describe, expect, test } from '@jest/globals';
import { change, pass, reject } from '@mailbeam/handler';
import { InterceptorRun } from '@mailbeam/handler/test-kit';
import wordFilter from '../src/word-filter.js';

describe('the word filter', () => {
  test('blanks out words, not parts of words', async () => {
    const run = new InterceptorRun(wordFilter, 'alice');
    expect(await run.send('bob', 'Darn, what the heck?')).toEqual(change('****, what the ****?'));
    expect(await run.send('bob', 'check the blaster')).toEqual(pass());
  });

  test('lets services and what is no text alone', async () => {
    const run = new InterceptorRun(wordFilter, 'alice');
    expect(await run.send('$echo', 'heck')).toEqual(pass());
    expect(await run.send('bob', new Uint8Array([0xff, ...Buffer.from(' heck')]))).toEqual(pass());
  });

  test('refuses who keeps on, and counts a resend once', async () => {
    const run = new InterceptorRun(wordFilter, 'alice');
    for (let i = 0; i < 20; i++) {
      expect(await run.send('bob', 'heck')).toEqual(change('****'));
      expect(await run.send('bob', 'heck', { again: true })).toEqual(change('****'));
    }
    expect(await run.send('bob', 'heck')).toEqual(reject('forbidden', 'mind your language'));
    expect(await run.send('bob', 'hello')).toEqual(pass());
  });

  test('passes its own test', async () => {
    await expect(Promise.resolve(wordFilter.selfTest?.())).resolves.toBeUndefined();
  });
});
