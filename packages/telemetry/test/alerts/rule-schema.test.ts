import { describe, expect, test } from '@jest/globals';
import { defaultRules } from '../../src/alerts/default-rules.js';
import { parseRules } from '../../src/alerts/rule-schema.js';

const thrown = (fn: () => unknown): unknown => {
  try {
    return fn();
  } catch (error) {
    return error;
  }
};

test('what is left out of a rule has its default', () => {
  expect(parseRules([{ name: 'deep', warning: { depth: 100 } }])).toEqual([
    {
      name: 'deep',
      summary: '',
      classes: ['session', 'service', 'group', 'system'],
      mailboxes: '*',
      warning: { depth: { above: 100, clear: 50 } },
      forSeconds: 10,
      clearForSeconds: 30,
    },
  ]);
});

test('the default rules are rules', () => {
  expect(parseRules(defaultRules).map(({ name }) => name)).toEqual(defaultRules.map(({ name }) => name));
});

test('a complete rule is a rule as well, also once it was JSON', () => {
  const rules = parseRules(defaultRules);
  expect(parseRules(JSON.parse(JSON.stringify(rules)))).toEqual(rules);
});

describe('refused, with the place, is', () => {
  test.each([
    ['an unknown key', [{ name: 'a', warning: { depth: 1 }, wait: 3 }], /0: .*wait/],
    ['an unknown condition', [{ name: 'a', warning: { length: 1 } }], /0\.warning: .*length/],
    ['a rule without a severity', [{ name: 'a' }], /needs `warning` or `critical`/],
    ['a severity without a condition', [{ name: 'a', warning: {} }], /needs a condition/],
    ['a clear threshold above the other', [{ name: 'a', warning: { depth: { above: 5, clear: 6 } } }], /clear/],
    ['a threshold of 0', [{ name: 'a', warning: { depth: 0 } }], /not 0/],
    ['restarts with another condition', [{ name: 'a', warning: { restarts: 5, depth: 3 } }], /cannot be joined/],
    ['restarts in one severity only', [{ name: 'a', warning: { restarts: 5 }, critical: { depth: 3 } }], /the same/],
    ['restarts and switchedOff', [{ name: 'a', warning: { restarts: 5, switchedOff: 1 } }], /cannot be joined/],
    ['one of them in each', [{ name: 'a', warning: { restarts: 5 }, critical: { switchedOff: 1 } }], /the same/],
    ['a bad name', [{ name: 'Deep Box', warning: { depth: 1 } }], /0\.name/],
    ['a name that is there twice', [1, 2].map(() => ({ name: 'a', warning: { depth: 1 } })), /same name/],
    ['an unknown class', [{ name: 'a', warning: { depth: 1 }, classes: ['user'] }], /0\.classes/],
    ['what is no list', { name: 'a' }, /array/],
  ])('%s', (_, rules, message) => {
    expect(thrown(() => parseRules(rules))).toMatchObject({
      code: 'bad_rule',
      message: expect.stringMatching(message) as unknown,
    });
  });
});
