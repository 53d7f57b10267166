import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';

const allowed = ['package.json', 'package-lock.json', 'tsconfig.json', 'Makefile', 'README.md', 'LICENSE'];
const folders = ['packages', 'tools', 'benchmarks', 'docs'];

test('the top of the repository holds the agreed files and folders and dot files, nothing else', () => {
  const tracked = execFileSync('git', ['ls-tree', '--name-only', 'HEAD'], { cwd: checkoutRoot, encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(tracked.filter((name) => !name.startsWith('.') && ![...allowed, ...folders].includes(name))).toEqual([]);
});

interface LockEntry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

const lock = JSON.parse(readFileSync(join(checkoutRoot, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry>;
};

test('the lock file has every optional package, or npm ci refuses it (mend it with: node .config/complete-lock.mjs)', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
});

test('the lock file records no download addresses', () => {
  const addresses = Object.values(lock.packages).filter(({ resolved = '' }) => /^https?:/.test(resolved));
  expect(addresses).toEqual([]);
});

const inRooms = execFileSync('git', ['ls-files', ...folders], { cwd: checkoutRoot, encoding: 'utf8' })
  .trim()
  .split('\n');

test('no file or folder has a name that says nothing', () => {
  const empty = /(?:^|\/)(?:utils?|helpers?|common|misc|managers?|lib)(?:\.|\/|$)/;
  expect(inRooms.filter((file) => empty.test(file))).toEqual([]);
});

test('sources and tests are called in kebab-case', () => {
  const sources = inRooms.filter((file) => /\.(?:ts|mjs|js)$/.test(file));
  expect(sources.filter((file) => !/\/[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*$/.test(file))).toEqual([]);
});
