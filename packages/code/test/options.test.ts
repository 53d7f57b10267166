import { expect, test } from '@jest/globals';
import { codeServerDefaults, resolveOptions } from '../src/options.js';
import type { CodeServerOptions } from '../src/options.js';

const given = { dir: '/data/code', handlers: '/handlers' };
const refusal = (more: object): unknown => {
  try {
    return resolveOptions({ ...given, ...more });
  } catch (error) {
    return { code: (error as { code: string }).code, message: (error as Error).message };
  }
};

test('what is not given has its default, what is given as undefined too', () => {
  expect(resolveOptions(given)).toEqual({ ...codeServerDefaults, ...given });
  expect(resolveOptions({ ...given, gateMs: undefined } as unknown as CodeServerOptions).gateMs).toBe(30_000);
});

test('an unknown name or a value out of range is refused by name', () => {
  expect(refusal({ gateMS: 1 })).toMatchObject({
    code: 'bad_option',
    message: expect.stringMatching(/gateMS is not known/),
  });
  expect(refusal({ gateMs: -1 })).toMatchObject({
    message: expect.stringMatching(/gateMs is -1; allowed is 0 to 3600000/),
  });
  expect(refusal({ maxFailedMoves: 0.5 })).toMatchObject({ code: 'bad_option' });
  expect(refusal({ sliceMs: '2' })).toMatchObject({ code: 'bad_option' });
  expect(refusal({ handlers: '' })).toMatchObject({ message: expect.stringMatching(/handlers is a path/) });
});
