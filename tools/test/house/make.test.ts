import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { makeTargetsOf } from '../../src/house/commands.js';

const run = (command: string, args: string[], cwd = checkoutRoot) =>
  spawnSync(command, args, { cwd, encoding: 'utf8' });

test('make help names the commands that the README and the issue promise', () => {
  const listed = run('make', ['help']).stdout.match(/(?<=^ {2}make )[a-z-]+/gm) ?? [];
  expect(listed).toEqual(
    expect.arrayContaining(['run', 'test', 'check', 'build', 'bench', 'crash-test', 'fuzz', 'format', 'clean', 'help']),
  );
  const targets = makeTargetsOf(readFileSync(join(checkoutRoot, 'Makefile'), 'utf8'));
  expect(listed.filter((name) => !targets.has(name))).toEqual([]);
});

describe('the Node that make finds', () => {
  const withNode = (version: string) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`;
    return run(process.execPath, ['-e', `${pretend} require('./.config/need-node.cjs')`]);
  };

  test.each(['20.15.0', '20.20.2', '22.0.0', '100.1.0'])('%s is taken', (version) => {
    expect(withNode(version)).toMatchObject({ status: 0, stderr: '' });
  });

  test.each(['20.14.9', '18.20.0', '8.99.0'])('%s is refused with a sentence', (version) => {
    const { status, stderr } = withNode(version);
    expect(status).toBe(1);
    expect(stderr).toContain(`Mailbeam needs Node 20.15 or newer; this is Node ${version}`);
  });
});

describe('what is installed', () => {
  const entry = { version: '1.0.0', integrity: 'sha512-a' };

  async function isInstalled(wanted: object, found: object | undefined): Promise<boolean> {
    const root = await mkdtemp(join(tmpdir(), 'mailbeam-installed-'));
    await mkdir(join(root, '.config'));
    await mkdir(join(root, 'node_modules'));
    await cp(join(checkoutRoot, '.config/installed.cjs'), join(root, '.config/installed.cjs'));
    await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
    if (found) await writeFile(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: found }));
    const { status, stderr } = run(process.execPath, ['.config/installed.cjs'], root);
    await rm(root, { recursive: true });
    expect(stderr).toBe('');
    return status === 0;
  }

  test('satisfies a lock file with the same packages, optional ones aside', async () => {
    const optional = { ...entry, optional: true };
    expect(
      await isInstalled({ 'node_modules/a': entry, 'node_modules/b': optional }, { 'node_modules/a': entry }),
    ).toBe(true);
  });

  test.each([
    ['nothing is installed', undefined],
    ['a package is missing', {}],
    ['a version differs', { 'node_modules/a': { ...entry, version: '1.0.1' } }],
    ['the bytes differ', { 'node_modules/a': { ...entry, integrity: 'sha512-b' } }],
  ])('does not when %s', async (_what, found) => {
    expect(await isInstalled({ 'node_modules/a': entry }, found)).toBe(false);
  });
});
