import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeMutant } from '../src/mutant.js';

let parent: string;
let checkout: string;

/** A small built checkout: `cli` prints what `store` says through a third-party package. */
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mailbeam-mutant-test-'));
  checkout = join(parent, 'checkout');
  const files = {
    'package.json': '{"type":"module"}',
    'packages/tsconfig.json': '{}',
    'packages/store/package.json': '{"name":"@mailbeam/store","type":"module","exports":{".":"./dist/index.js"}}',
    'packages/store/src/index.ts': 'never copied',
    'packages/store/dist/index.js': "export const order = 'kept';\nexport const twice = [1, 1];\n",
    'packages/cli/package.json': '{"name":"@mailbeam/cli","type":"module"}',
    'packages/cli/bin/mailbeam.js': "import '../dist/main.js';\n",
    'packages/cli/dist/main.js':
      "import { order } from '@mailbeam/store';\nimport { say } from 'third';\nconsole.log(say(order));\n",
    'tools/package.json': '{"name":"@mailbeam/tools","type":"module"}',
    'tools/dist/index.js': '',
    'node_modules/third/package.json': '{"name":"third","type":"module","exports":"./index.js"}',
    'node_modules/third/index.js': "export const say = (text) => 'order ' + text;\n",
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(checkout, file, '..'), { recursive: true });
    await writeFile(join(checkout, file), text);
  }
  await mkdir(join(checkout, 'node_modules/@mailbeam'));
  await symlink('../../packages/store', join(checkout, 'node_modules/@mailbeam/store'));
});

afterEach(() => rm(parent, { recursive: true, force: true }));

const run = (bin: string) => execFileSync(process.execPath, [bin], { encoding: 'utf8' }).trim();

test('a fault planted in one package is seen by another that imports it, and the checkout stays as it was', async () => {
  const file = 'packages/store/dist/index.js';
  const before = await readFile(join(checkout, file), 'utf8');
  const mutant = await makeMutant(
    [{ file, find: "export const order = 'kept';", replace: "export const order = 'lost';" }],
    { root: checkout, parent },
  );
  try {
    expect(run(mutant.bin)).toBe('order lost');
    expect(run(join(checkout, 'packages/cli/bin/mailbeam.js'))).toBe('order kept');
    expect(await readFile(join(checkout, file), 'utf8')).toBe(before);
    expect(existsSync(join(mutant.root, 'packages/store/src'))).toBe(false);
  } finally {
    await mutant.dispose();
  }
  expect(existsSync(mutant.root)).toBe(false);
});

test('a mutant without faults behaves like the checkout', async () => {
  const twin = await makeMutant([], { root: checkout, parent });
  try {
    expect(run(twin.bin)).toBe('order kept');
  } finally {
    await twin.dispose();
  }
});

test('two faults in one file are both planted', async () => {
  const file = 'packages/cli/dist/main.js';
  const mutant = await makeMutant(
    [
      { file, find: 'console.log(say(order));', replace: 'console.log(say(order));console.log(1);' },
      { file, find: 'console.log(1);', replace: 'console.log(2);' },
    ],
    { root: checkout, parent },
  );
  expect(run(mutant.bin)).toBe('order kept\n2');
  await mutant.dispose();
});

test.each([
  { what: 'does not occur', find: 'no such line', places: '0 places' },
  { what: 'occurs twice', find: '1', places: '2 places' },
  { what: 'is empty', find: '', places: 'places' },
])('a text that $what is refused and nothing is left behind', async ({ find, places }) => {
  const file = 'packages/store/dist/index.js';
  await expect(makeMutant([{ file, find, replace: '' }], { root: checkout, parent })).rejects.toThrow(places);
  expect(readdirSync(parent)).toEqual(['checkout']);
});

test('a file that is not there is refused by name', async () => {
  const file = 'packages/store/dist/gone.js';
  await expect(makeMutant([{ file, find: 'a', replace: 'b' }], { root: checkout, parent })).rejects.toThrow('gone.js');
});
