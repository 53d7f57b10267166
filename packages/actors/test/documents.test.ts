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

test('the manual has every name that the package exports', () => {
  const source = (entry: string): string => readFileSync(new URL(`../src/${entry}.ts`, import.meta.url), 'utf8');
  const listed = ['index', 'test-kit'].flatMap((entry) =>
    [...source(entry).matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = '']) =>
      names.match(/(?<!\w)(?!type )\w+/g),
    ),
  );
  const declared = [...source('offload').matchAll(/^export (?:const|function|interface|type) (\w+)/gm)].map(
    (match) => match[1],
  );
  const names = [...listed, ...declared].filter((name) => name !== 'type');
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(manual))).toEqual([]);
});

test('the table of options has all of them, with the defaults that are in force', () => {
  const section = manual.slice(manual.indexOf('## Options of a system'));
  const rows = [...section.slice(0, section.indexOf('\n## ', 5)).matchAll(/^\| (`[^|]*) \| ([^|]*) \|/gm)];
  const told = rows.flatMap(([, names = '', values = '']) => {
    const each = values.split(/, (?=\d+\b)(?!\d{3}\b)/);
    return [...names.matchAll(/`(\w+)`/g)].map(([, name = ''], i) => [name, each[i]] as const);
  });
  expect(told.map(([name]) => name).sort()).toEqual(Object.keys(actors.defaults).sort());
  for (const [name, value] of told) {
    const inForce: unknown = actors.defaults[name as keyof typeof actors.defaults];
    if (typeof inForce === 'number') expect([name, value]).toEqual([name, inForce.toLocaleString('en')]);
  }
});

test('the table of codes has all of them, each with its scope', () => {
  const section = manual.slice(manual.indexOf('`errorCodes` has them all'));
  const rows = [...section.slice(0, section.indexOf('\n\nTwo actors')).matchAll(/^\| (`[^|]*) \| [^|]* \| (\w+) \|/gm)];
  const told = rows.flatMap(([, codes = '', scope]) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => [code, scope]),
  );
  const inForce = Object.entries(actors.errorCodes).map(([code, { scope }]) => [code, scope]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(inForce));
});
