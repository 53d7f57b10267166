import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Finished } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;
const sar = (...args: string[]): Promise<Finished> => router.line.mailbeam(['sar', ...args]);

/** The recorded seconds, as soon as the newest is as asked for: a second has to pass. */
async function seconds(isAs: (row: Record<string, number>) => boolean): Promise<Record<string, number>[]> {
  for (;;) {
    const { stdout, code, stderr } = await sar('--json', '--columns', '*');
    if (code === 0) {
      const rows = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, number>);
      if (isAs(rows.at(-1)!)) return rows;
    } else if (!stderr.includes('nothing was recorded')) throw new Error(stderr);
  }
}

beforeAll(async () => {
  router = await RealRouter.start();
});
afterAll(() => router.dispose());

test('what a router did is there, also after it was killed with its parent', async () => {
  await router.send('anna', 'ben', 'hello');
  const before = await seconds((row) => row['router.pending'] === 1 && row['router.connections'] === 0);
  expect(before.at(-1)).toMatchObject({ 'away.depth': 1 });
  expect(before.reduce((sum, row) => sum + (row['router.accepted'] ?? 0) * (row['seconds'] ?? 0), 0)).toBeCloseTo(1, 1);
  expect(before.some((row) => row['node.user']! > 0)).toBe(true);

  const nodePid = await router.nodePid();
  router.parent.process.kill('SIGKILL');
  process.kill(nodePid, 'SIGKILL');
  await router.parent.finished;

  const { stdout, code } = await sar('--columns', 'away.depth,node.rss');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\d [\d:]+ to [\d:]+, \d+ seconds?$/m);
  expect(stdout).toMatch(/^away\.depth +0 +\S+ +1 +1 +[▁█]+$/m);
  const each = await sar('--each', '--columns', 'away.depth', '--since', '1s');
  expect(each.stdout).toMatch(/^\d\d:\d\d:\d\d +1$/m);
});

test('a directory without a record, and a column that is not there, are told with what to do', async () => {
  expect(await sar('--data', '/nowhere')).toMatchObject({ code: 1, stderr: expect.stringContaining('--data DIR') });
  expect(await sar('--columns', 'cpu.usr')).toMatchObject({ code: 2, stderr: expect.stringContaining('cpu') });
  expect(await sar('--since', 'yesterday')).toMatchObject({ code: 2, stderr: expect.stringContaining('--since') });
});
