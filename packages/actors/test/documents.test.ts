import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { transformSync } from '@swc/core';
import * as actors from '../src/index.js';
import * as kit from '../src/test-kit.js';

const root = new URL('../../../', import.meta.url);
const manual = readFileSync(new URL('docs/actors.md', root), 'utf8');
const readme = readFileSync(new URL('packages/actors/README.md', root), 'utf8');

/** The examples of a page as one program; imports become arguments. `value; // expected` becomes a pair. */
function examples(page: string): string {
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] as string);
  const code = blocks
    .join('\n')
    .replaceAll(/^import \{[^}]*\} from '@mailbeam\/actors[^']*';$/gm, '')
    .replaceAll(/^(await [^;]*); \/\/ (.+)$/gm, 'seen.push([$1, $2]);')
    .replaceAll(/^console\.log\((.*)\); \/\/ (.+)$/gm, 'seen.push([$1, $2]);');
  const program = `export async function run(names, seen) { const { ${Object.keys({ ...actors, ...kit }).join(', ')} } = names; ${code} return system; }`;
  return transformSync(program, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  }).code;
}

test.each([
  [
    'the manual',
    manual,
    [
      [42, 42],
      ['12', '12'],
    ],
  ],
  ['the README', readme, [[3, 3]]],
])('the examples of %s run and give what they say', async (_page, text, expected) => {
  const seen: unknown[] = [];
  const exported: { run?: (names: object, seen: unknown[]) => Promise<actors.ActorSystem> } = {};
  // oxlint-disable-next-line typescript/no-implied-eval -- the page is the program under test
  new Function('exports', examples(text))(exported);
  const system = await exported.run?.({ ...actors, ...kit }, seen);
  await system?.stop();
  expect(seen).toEqual(expected);
});

test('the manual names the defaults that are in force', () => {
  const { reductionsPerTurn, reductionsPerSlot, turnBudgetMs, handlerTimeoutMs } = actors.defaults;
  const number = (n: number): string => n.toLocaleString('en');
  for (const [name, value] of Object.entries({ reductionsPerTurn, reductionsPerSlot, turnBudgetMs, handlerTimeoutMs }))
    expect(manual.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`\`${name}\`[^.]{0,10}\\(${number(value)}\\)`));
});
