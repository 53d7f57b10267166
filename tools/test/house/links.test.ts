import { expect, test } from '@jest/globals';
import { brokenLinks } from '../../src/house/links.js';
import { parseMarkdown } from '../../src/house/markdown.js';
import { formatProblem } from '../../src/house/problem.js';

const files = new Set(['README.md', 'docs', 'docs/guide.md', 'packages/router/src/node.ts']);

const problems = (text: string, file = 'README.md') =>
  brokenLinks(
    [
      parseMarkdown(file, text),
      parseMarkdown('docs/guide.md', '# Guide\n## Two `words`, twice\n## Two words, twice\n'),
    ],
    (path) => files.has(path),
  ).map(formatProblem);

test('links to files, folders, headings and other sites are good', () => {
  expect(
    problems(
      '# Top\n[a](docs/guide.md) [b](docs/) [c](docs/guide.md#two-words-twice) [d](docs/guide.md#two-words-twice-1)\n' +
        '[e](#top) [f](https://example.org/x) [g](<docs/guide.md> "title") ![h](docs/guide.md)\n[i]: docs/guide.md\n',
    ),
  ).toEqual([]);
});

test('a link is followed from the folder of its document', () => {
  expect(problems('[a](guide.md) [b](../README.md)', 'docs/other.md')).toEqual([]);
  expect(problems('[a](docs/guide.md)', 'docs/other.md')).toEqual([
    'docs/other.md:1: the link docs/guide.md leads nowhere',
  ]);
});

test.each([
  ['a missing file', '\n[a](docs/gone.md)', 'README.md:2: the link docs/gone.md leads nowhere'],
  ['a missing heading', '[a](docs/guide.md#three)', 'README.md:1: docs/guide.md has no heading #three'],
  ['a missing heading of its own', '[a](#three)', 'README.md:1: README.md has no heading #three'],
  ['a file outside', '[a](../other/x.md)', 'README.md:1: the link ../other/x.md leads out of the checkout'],
  ['a missing file by reference', '[a][b]\n\n[b]: gone.md', 'README.md:3: the link gone.md leads nowhere'],
  ['a missing source', 'see `packages/router/src/gone.ts`', 'README.md:1: there is no packages/router/src/gone.ts'],
])('%s is found', (_what, text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

test('code is not read for links, and placeholders and what is built are not paths', () => {
  expect(problems('`[a](gone.md)`\n```md\n[a](gone.md)\n```\n`packages/router/src/node.ts`')).toEqual([]);
  expect(problems('`packages/NAME/src` `packages/cli/dist/main.js` `packages/*/src` `src/gone.ts`')).toEqual([]);
});
