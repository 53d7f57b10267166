import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';

const work = 'async function work(): Promise<number> { return await Promise.resolve(1); }\n';

/** Code that the linter has to refuse, and the rule that does it. */
const faults: { rule: string; code: string; inTests?: boolean }[] = [
  { rule: 'typescript(no-floating-promises)', code: `${work}export function start(): void { work(); }\n` },
  {
    rule: 'typescript(no-misused-promises)',
    code: `${work}export const f = () => setTimeout(work, 1);\n[1].forEach(work);\n`,
  },
  { rule: 'typescript(await-thenable)', code: 'export const f = async (): Promise<number> => await 1;\n' },
  { rule: 'typescript(no-explicit-any)', code: 'export type Shape = { readonly any: any };\n' },
  { rule: 'typescript(consistent-type-imports)', code: "export type Stats = import('node:fs').Stats;\n" },
  { rule: 'typescript(only-throw-error)', code: "export function f(): void { throw 'text'; }\n", inTests: false },
  {
    rule: 'typescript(switch-exhaustiveness-check)',
    code: "export function f(x: 'a' | 'b'): void { switch (x) { case 'a': f('b'); } }\n",
  },
  { rule: 'eslint(no-empty)', code: 'export function f(): void { try { f(); } catch {} }\n' },
  { rule: 'eslint(no-unused-vars)', code: 'const unused = 1;\nexport {};\n' },
  { rule: 'jest(no-focused-tests)', code: "import { fit } from '@jest/globals';\nfit('x', () => {});\n" },
];
const folders = ['src', 'test'];

let root: string;
let found: { code: string; filename: string }[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mailbeam-lint-'));
  const tsconfig = { extends: join(checkoutRoot, 'tsconfig.json'), include: ['src'] };
  const files = [
    ['tsconfig.json', JSON.stringify(tsconfig)],
    ...folders.flatMap((folder) => faults.map(({ code }, i) => [`${folder}/fault-${i}.ts`, code])),
    ['src/honest.ts', `${work}export async function start(): Promise<void> { await work(); }\n`],
  ] as [string, string][];
  for (const [file, text] of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  await symlink(join(checkoutRoot, 'node_modules'), join(root, 'node_modules'));
  found = await lint();
}, 60_000);

afterAll(() => rm(root, { recursive: true, force: true }));

function lint(): Promise<{ code: string; filename: string }[]> {
  const args = ['-c', join(checkoutRoot, '.config/oxlintrc.json'), '--format', 'json', ...folders];
  return new Promise((resolve, reject) => {
    execFile(join(checkoutRoot, 'node_modules/.bin/oxlint'), args, { cwd: root }, (_error, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }).diagnostics);
      } catch {
        reject(new Error(`oxlint printed no result: ${stdout}${stderr}`));
      }
    });
  });
}

const rulesOf = (file: string) => found.filter(({ filename }) => filename.endsWith(file)).map(({ code }) => code);

test.each(faults.map((fault, i) => ({ ...fault, i })))(
  '$rule is found in sources and tests',
  ({ rule, i, inTests = true }) => {
    expect(rulesOf(`src/fault-${i}.ts`)).toContain(rule);
    if (inTests) expect(rulesOf(`test/fault-${i}.ts`)).toContain(rule);
  },
);

test('code that awaits its promises passes', () => {
  expect(rulesOf('src/honest.ts')).toEqual([]);
});
