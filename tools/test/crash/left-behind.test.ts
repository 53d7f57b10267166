import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { crashTest } from '../../src/crash/crash-test.js';
import { RouterProcess } from '../../src/crash/router-process.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mailbeam-left-behind-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** The name of the first thing that appears in a directory. */
async function firstIn(dir: string): Promise<string> {
  const changes = watch(dir);
  const [there] = await readdir(dir);
  if (there !== undefined) return there;
  for await (const { filename } of changes) if (filename !== null) return filename;
  throw new Error('nothing');
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'a run that is ended by %s leaves no data and no process behind',
  async (name, code) => {
    const run = spawn(process.execPath, [join(checkoutRoot, 'tools/dist/crash/main.js'), '--rounds', '1'], {
      env: { ...process.env, TMPDIR: directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const data = await firstIn(directory);
    // its node has opened the store
    await firstIn(join(directory, data));
    run.kill(name);
    // `close` comes once nobody holds its standard error any more
    expect(await once(run, 'close')).toEqual([code, null]);
    expect(await readdir(directory)).toEqual([]);
  },
  60_000,
);

test.each([
  ['goes', false],
  ['stays where a line says when it was asked for', true],
])('the data of a round that fails %s', async (_, keepData) => {
  const router = new RouterProcess({ root: directory });
  const lines: string[] = [];
  const running = crashTest({
    ...{ rounds: 1, seed: 1, messages: 10, startMs: 1, root: directory, keepGoing: false, keepData },
    print: (line) => lines.push(line),
    makeRouter: () => router,
  });
  await expect(running).rejects.toThrow('the router did not come up');
  expect(existsSync(router.data)).toBe(keepData);
  expect(lines).toEqual(keepData ? [`  data: ${router.data}`] : []);
  await rm(router.data, { recursive: true, force: true });
});
