import { expect, test } from '@jest/globals';
import { differingDefaults } from '../../src/house/defaults.js';
import { parseMarkdown } from '../../src/house/markdown.js';
import { formatProblem } from '../../src/house/problem.js';

const options = [
  { key: 'port', default: 4000, defaultNote: '', allowed: 'a whole number' },
  { key: 'auth.origins', default: [], defaultNote: '', allowed: 'a list' },
  { key: 'privacy.clearNames', default: false, defaultNote: 'true in open mode', allowed: 'true or false' },
];
const good = [
  '### `port`\n\n- Default: `4000`\n- Allowed: a whole number\n',
  '### `auth.origins`\n\n- Default: `[]`\n- Allowed: a list\n',
  '### `privacy.clearNames`\n\n- Default: true in open mode\n- Allowed: true or false\n',
];

const problems = (...sections: string[]) =>
  differingDefaults(parseMarkdown('docs/configuration.md', `- Default: x\n${sections.join('\n')}`), options).map(
    formatProblem,
  );

test('a reference like the schema passes', () => {
  expect(problems(...good)).toEqual([]);
});

test.each([
  ['another default', '4000', '4001', 'docs/configuration.md:2: the default of port is 4000, not 4001'],
  ['another range', 'whole', 'small', 'docs/configuration.md:2: port allows a whole number, not a small number'],
  [
    'another condition',
    'in open',
    'in any',
    'docs/configuration.md:12: the default of privacy.clearNames is true in open mode, not true in any mode',
  ],
])('%s is found', (_what, from, to, problem) => {
  expect(problems(good.join('\n').replace(from, to))).toEqual([problem]);
});

test('an option without a section, and one with two, are found', () => {
  const problem = 'docs/configuration.md: port has to have one section';
  expect(problems(...good.slice(1))).toEqual([problem]);
  expect(problems(...good, good[0] ?? '')).toEqual([problem]);
});

test('a section without an option is found', () => {
  expect(problems(...good, '### `gone`\n')).toEqual(['docs/configuration.md:17: there is no option gone']);
});
