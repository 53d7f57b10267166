import { describe, expect, test } from '@jest/globals';
import { defineInterceptor, pass, reject } from '../../src/index.js';
import { InterceptorRun } from '../../src/test-kit/index.js';

const counting = defineInterceptor<{ seen: number }>({
  name: 'counting',
  version: '1.0.0',
  init: () => ({ seen: 0 }),
  intercept(envelope, state) {
    state.seen += 1;
    if (envelope.text() === 'crash') throw new Error('crashed');
    return state.seen > 2 ? reject('rate_limited', `${envelope.from} to ${envelope.to}`) : undefined;
  },
});

describe('an interceptor that is run by hand', () => {
  test('gives its verdicts, and keeps a state', async () => {
    const run = new InterceptorRun(counting, 'alice');
    expect(await run.send('bob', '1')).toEqual(pass());
    expect(await run.send('bob', '2')).toEqual(pass());
    expect(await run.send('bob', '3')).toEqual(reject('rate_limited', 'alice to bob'));
  });

  test('that throws has a new state', async () => {
    const run = new InterceptorRun(counting, 'alice');
    await run.send('bob', '1');
    await expect(run.send('bob', 'crash')).rejects.toThrow('crashed');
    expect(run.state).toEqual({ seen: 0 });
  });

  test('moves to another version with its state', async () => {
    const run = new InterceptorRun(counting, 'alice');
    await run.send('bob', '1');
    const next = defineInterceptor<number>({
      ...{ name: 'counting', version: '2.0.0', intercept: pass },
      codeChange: (state) => (state as { seen: number }).seen,
    });
    expect(run.moveTo(next).state).toBe(1);
  });
});
