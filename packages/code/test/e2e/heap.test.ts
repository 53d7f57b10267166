import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);

/** `make code-heap LOADS=1000` is the long form, and prints its figures. */
const asked = process.env['LOADS'];
const loads = Number(asked ?? 150);
const mostGrownBytes = 5 * 1024 * 1024;

test(
  `${loads} loads leave the heap where it was, and every version but the live ones is freed`,
  async () => {
    const script = join(import.meta.dirname, 'load-often.mjs');
    const env = { ...process.env, LOADS: String(loads) };
    const { stdout, stderr } = await run(process.execPath, ['--expose-gc', script], { env, timeout: loads * 1_000 });
    expect(stderr).toBe('');
    if (asked !== undefined) console.log(stdout.trim());
    const { grownBytes, freed, migrated } = JSON.parse(stdout) as Record<string, number>;
    expect(grownBytes).toBeLessThan(mostGrownBytes);
    expect(freed).toBeGreaterThanOrEqual(loads + 20 - 3);
    expect(migrated).toBe(loads + 19);
  },
  loads * 1_000,
);
