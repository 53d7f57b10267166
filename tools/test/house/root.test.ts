import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const allowed = ['package.json', 'package-lock.json', 'tsconfig.json', 'Makefile', 'README.md', 'LICENSE'];
const folders = ['packages', 'tools', 'benchmarks', 'docs'];

test('the top of the repository holds the agreed files and folders and dot files, nothing else', () => {
  const tracked = execFileSync('git', ['ls-tree', '--name-only', 'HEAD'], { encoding: 'utf8' }).trim().split('\n');
  expect(tracked.filter((name) => !name.startsWith('.') && ![...allowed, ...folders].includes(name))).toEqual([]);
});
