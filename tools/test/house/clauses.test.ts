import { expect, test } from '@jest/globals';
import { clausesOf, unknownClauses } from '../../src/house/clauses.js';
import { parseMarkdown } from '../../src/house/markdown.js';
import { formatProblem } from '../../src/house/problem.js';

const clauses = clausesOf(
  parseMarkdown(
    'docs/semantics.md',
    '# Semantics\n## 1. Order\n**1.1** Text.\n- **1.2.** Text.\n### 2.1 More\n2.2 Text\n```\n9.9 no\n```\n3 users wait',
  ),
);
const problems = (text: string) => unknownClauses(clauses, [{ file: 'x.ts', text }]).map(formatProblem);

test('clauses are numbered headings and paragraphs', () => {
  expect([...clauses]).toEqual(['1', '1.1', '1.2', '2.1', '2.2', '3']);
});

test('clauses that exist may be cited in every form', () => {
  expect(
    problems('/** (semantics 1.1). semantics.md, 1.2 and 2.1; `docs/semantics.md` clause 2.2, Semantics §1 */'),
  ).toEqual([]);
  expect(problems('the semantics of 9.9; semantics matter')).toEqual([]);
});

test.each([
  ['first', "test('order holds (semantics 4.1)', x);", '4.1'],
  ['second', '// semantics 1.1, 4.2', '4.2'],
  ['nested', '// docs/semantics.md clauses 1.1.1', '1.1.1'],
])('a %s clause that does not exist is found', (_what, line, clause) => {
  expect(problems(`\n${line}`)).toEqual([`x.ts:2: docs/semantics.md has no clause ${clause}`]);
});
