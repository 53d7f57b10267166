import { expect, test } from '@jest/globals';
import { parseMarkdown } from '../../src/house/markdown.js';
import { formatProblem } from '../../src/house/problem.js';
import { differingRooms } from '../../src/house/room-table.js';

const rules = { actors: [], handler: ['actors'], router: ['actors', 'handler'] };

const problems = (...rows: string[]) =>
  differingRooms(
    parseMarkdown('docs/architecture.md', `| room | what | may import |\n|---|---|---|\n${rows.join('\n')}`),
    rules,
  ).map(formatProblem);

const good = ['| `actors` | x | - |', '| `handler` | x | actors (types) |', '| `router` | x | `handler`, `actors` |'];

test('a table like the rules passes, and so does a document without one', () => {
  expect(problems(...good)).toEqual([]);
  expect(problems(...good.slice(0, 2), '| `router` | x | all above |')).toEqual([]);
  expect(differingRooms(parseMarkdown('docs/architecture.md', '# No table'), rules)).toEqual([]);
});

test.each([
  ['an import too many', '| `actors` | x | handler |', 'docs/architecture.md:3: actors may import no other room'],
  ['a room that the rules do not know', '| `actor` | x | - |', 'docs/architecture.md:3: the rules know no room actor'],
])('%s is found', (_what, row, problem) => {
  expect(problems(row, ...good.slice(1))).toContain(problem);
});

test('an import too few and a missing room are found', () => {
  expect(problems(good[0] ?? '', '| `router` | x | actors |')).toEqual([
    'docs/architecture.md:4: router may import actors, handler',
    'docs/architecture.md: the room handler is not in the table',
  ]);
});
