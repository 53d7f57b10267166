import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { removeDirectory, temporaryDirectory } from '../temporary-directory.js';

const CHILD = fileURLToPath(new URL('full-disk-child.mjs', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const KILOBYTES = 12_000;

const canLimit = spawnSync('prlimit', ['--version']).status === 0;

(canLimit ? test : test.skip)(
  'a commit that the disk refuses fails whole, ends no process and succeeds when it is repeated',
  () => {
    const dir = temporaryDirectory();
    const command = `ulimit -S -f ${KILOBYTES}; exec "$@"`;
    const child = spawnSync('bash', ['-c', command, 'bash', process.execPath, CHILD, BUILT, dir], { encoding: 'utf8' });
    expect({ status: child.status, signal: child.signal }).toEqual({ status: 0, signal: null });
    const found = JSON.parse(child.stdout) as Record<string, unknown>;
    const resolved = found['resolved'] as number;
    expect(resolved).toBeGreaterThan(1_000);
    const { errors, ...rest } = found;
    expect(rest).toEqual({
      code: 'commit_failed',
      resolved,
      visible: resolved,
      found: resolved,
      healed: resolved + 500,
      problems: [],
      pending: resolved + 500,
    });
    expect((errors as string[]).every((code) => code === 'commit_failed')).toBe(true);
    removeDirectory(dir);
  },
  60_000,
);
