import { describe, expect, test } from '@jest/globals';
import { checkModule } from '../src/check-module.js';
import { defineInterceptor } from '../src/interceptor.js';
import { defineService } from '../src/service.js';

const problems = (exported: unknown): readonly string[] => {
  const check = checkModule(exported);
  return check.ok ? [] : check.problems;
};

describe('what a module exports', () => {
  test('is a service, an interceptor, or the session', () => {
    const service = defineService({ name: 'echo', version: '1.0.0', init: () => undefined });
    const interceptor = defineInterceptor({ name: 'words', version: '2', intercept: () => undefined });
    const session = { name: 'session', version: '1.0.0', init: () => 0, handleMessage: () => undefined };
    expect(checkModule({ default: service })).toMatchObject({
      ok: true,
      kind: 'service',
      name: 'echo',
      module: service,
    });
    expect(checkModule({ default: interceptor })).toMatchObject({ ok: true, kind: 'interceptor', version: '2' });
    expect(checkModule({ default: session })).toMatchObject({ ok: true, kind: 'session', name: 'session' });
  });

  test('must be the default export', () => {
    expect(problems({ echo: {} })[0]).toMatch(/no default export: write/);
    expect(problems(undefined)).toHaveLength(1);
    expect(problems({ default: () => 1 })[0]).toMatch(/is a function: it must be/);
    expect(problems({ default: null })[0]).toMatch(/is null/);
  });

  test('is told everything that is wrong at once', () => {
    expect(problems({ default: { kind: 'service', name: '../x', state: 'all', callers: 1 } })).toEqual([
      'name is "../x": it must be a letter, then at most 62 letters, digits, _ and -',
      'version must be a non-empty string',
      'init must be a function',
      "state must be 'shared' or 'caller'",
    ]);
  });

  test('of another kind is refused with the kinds that there are', () => {
    expect(problems({ default: { kind: 'plugin', name: 'x', version: '1' } })[0]).toMatch(
      /'service' and 'interceptor'/,
    );
    expect(problems({ default: { name: 'other', version: '1', handleMessage: () => 0 } })[0]).toMatch(
      /named 'session'/,
    );
    expect(problems({ default: {} })).toHaveLength(3);
  });

  test('has a version that can be a part of a file name', () => {
    for (const version of ['1/2', '..', ' ', '', 'v'.repeat(65), '1\n'])
      expect(problems({ default: { name: 'session', version, init: () => 0, handleMessage: () => 0 } })).toHaveLength(
        1,
      );
    for (const version of ['1', '1.0.0-rc.1+a1b2c3d.2'])
      expect(problems({ default: { name: 'session', version, init: () => 0, handleMessage: () => 0 } })).toEqual([]);
  });
});
