import { expect, test } from '@jest/globals';
import { differingCodes } from '../../src/house/codes.js';
import { parseMarkdown } from '../../src/house/markdown.js';
import { formatProblem } from '../../src/house/problem.js';

const sets = [
  { name: 'REJECTED', codes: ['invalid', 'too_large'] },
  { name: 'close', codes: ['4000', '4001'] },
];

const problems = (text: string) => differingCodes(parseMarkdown('docs/protocol.md', text), sets).map(formatProblem);
const table = (...codes: string[]) =>
  `| Code | meaning |\n|---|---|\n${codes.map((code) => `| ${code} | x |\n`).join('')}`;

test('codes in tables and in prose count', () => {
  expect(problems(`${table('`invalid`', '4000, 4001')}\nand \`too_large\`.`)).toEqual([]);
});

test('a code that the document forgets is found', () => {
  expect(problems(table('`invalid`', '4000', '4001'))).toEqual([
    'docs/protocol.md: the REJECTED code too_large is not in it',
  ]);
});

test('a code that the document invents is found', () => {
  expect(problems(table('`invalid`', '`too_large`', '`too_small`', '4000', '4001', '4009'))).toEqual([
    'docs/protocol.md:5: the code too_small does not exist',
    'docs/protocol.md:8: the code 4009 does not exist',
  ]);
});
