import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { callError, defineService, describeIssues, method, serviceProblems } from '../src/index.js';
import type { Service } from '../src/index.js';

const minimal = { name: 'counter', version: '1.0.0', init: () => undefined };

describe('defineService', () => {
  test('gives a frozen service with one state for all, unless it says otherwise', () => {
    const service = defineService(minimal);
    expect(service).toMatchObject({ kind: 'service', name: 'counter', state: 'shared', callers: 100_000 });
    expect(Object.isFrozen(service)).toBe(true);
  });

  test('infers the types of arguments from the schema and of the state from the service', () => {
    const service: Service<{ total: number }> = defineService<{ total: number }>({
      ...minimal,
      init: () => ({ total: 0 }),
      methods: {
        add: method(z.object({ by: z.number() }), (args, state) => {
          const by: number = args.by;
          // @ts-expect-error there is no such argument
          void args.other;
          state.total += by;
          return state.total;
        }),
      },
    });
    expect(Object.keys(service.methods!)).toEqual(['add']);
  });

  test('names everything that is wrong with a definition, at once', () => {
    const bad = { ...minimal, init: 1, state: 'none', callers: 0, methods: { add: () => 1 }, tasks: { hash: 2 }, x: 1 };
    expect(() => defineService(bad as never)).toThrow(TypeError);
    expect(serviceProblems({ kind: 'service', ...bad })).toEqual([
      'init must be a function',
      "state must be 'shared' or 'caller'",
      'callers must be an integer from 1 to 10000000',
      'methods.add must be made by method(schema, handle), the schema one of Standard Schema v1',
      'tasks.hash must be a function',
      'x is not a member of a service',
    ]);
  });
});

describe('a call error', () => {
  test('has a code of its own', () => {
    expect(callError('not_enough', '3 left')).toMatchObject({ code: 'not_enough', detail: '3 left' });
  });

  test('refuses a code that no client could match', () => {
    expect(() => callError('Not enough')).toThrow(/a-z/);
  });
});

describe('issues in words', () => {
  test('say where and what, the first five of them', () => {
    const issue = { message: 'required', path: ['to', { key: 0 }] };
    expect(describeIssues([issue, { message: 'no map' }])).toBe('to.0: required; no map');
    expect(describeIssues(Array.from({ length: 7 }, () => issue))).toMatch(/; and 2 more$/);
  });
});
