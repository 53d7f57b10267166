import { expect, test } from '@jest/globals';
import { parseMarkdown } from '../../src/house/markdown.js';
import { formatProblem } from '../../src/house/problem.js';
import { unknownSections } from '../../src/house/sections.js';

const document = parseMarkdown('docs/protocol.md', '# Protocol\n## 9 Codes\n### 9.1 `REJECTED` codes\n## Bad input\n');
const problems = (text: string) => unknownSections('protocol', document, [{ file: 'x.ts', text }]).map(formatProblem);

test('sections that exist may be cited by number and by title', () => {
  expect(problems('(protocol, section 9) protocol.md, section 9.1; `docs/protocol.md`, "Bad input"')).toEqual([]);
  expect(problems('(protocol, "codes") (protocol, "REJECTED codes") the protocol, section by section')).toEqual([]);
});

test.each([
  ['number', '// as in (protocol, section 3)', '3'],
  ['title', '// as in docs/protocol.md, "Good input"', '"Good input"'],
])('a %s that does not exist is found', (_what, line, section) => {
  expect(problems(`\n${line}`)).toEqual([`x.ts:2: docs/protocol.md has no section ${section}`]);
});
