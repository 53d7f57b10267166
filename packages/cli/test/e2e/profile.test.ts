import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Finished, Running } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

/** Computes for as long as the message says, line by line as people write it. */
const miner = (version: string): string => `
import { defineService } from '@mailbeam/handler';

function digUntil(end: number): number {
  let found = 0;
  while (Date.now() < end) found += Math.sqrt(found + 1);
  return found;
}

export default defineService({
  name: 'miner',
  version: '${version}',
  init: () => ({ found: 0 }),
  handleMessage: (message, state) => {
    state.found = digUntil(Date.now() + Number(message.text()));
  },
});
`;

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Profile {
  readonly nodes: readonly { readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface Summary {
  readonly handlers: readonly { behaviour: string; version: string; handler: string; ms: number }[];
  readonly profiledMs: number;
  readonly routerMs: number;
  readonly nativeMs: number;
  readonly collectorMs: number;
  readonly idleMs: number;
  readonly cost: { samples: number; startMs: number; stopMs: number };
}

let router: RealRouter;

const load = async (version: string): Promise<void> => {
  const handlers = path.join(router.line.directory, 'handlers');
  await mkdir(handlers, { recursive: true });
  await writeFile(path.join(handlers, 'miner.ts'), miner(version));
  const loaded = await router.line.mailbeam(['load', 'handlers/miner.ts', '--gate', '0', '--admin', router.admin]);
  if (loaded.code !== 0) throw new Error(loaded.stderr + loaded.stdout);
};

/** A profile that has begun; `begun` is told by the log, as a pipe shows no progress. */
async function profiled(...args: string[]): Promise<Running> {
  const seen = router.parent.stderr.split('an operator profiles').length;
  const running = router.line.run(['profile', '--admin', router.admin, ...args]);
  await router.parent.shows('stderr', new RegExp(`(an operator profiles[^]*){${seen}}`));
  return running;
}

const fileIn = (name: string): string => path.join(router.line.directory, name);

beforeAll(async () => {
  router = await RealRouter.start();
  await load('1.0.0');
});
afterAll(() => router.dispose());

test('time is told by behaviour, version and handler, and the file shows the source', async () => {
  await load('1.1.0');
  const running = await profiled('--for', '4s', '--json', '--out', 'one.cpuprofile');
  for (let n = 0; n < 3; n++) await router.send('anna-who-asks', '$miner', '300');
  const { code, stdout, stderr } = await running.finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const summary = JSON.parse(stdout) as Summary;
  const [first] = summary.handlers;
  expect(first).toMatchObject({ behaviour: 'miner', version: '1.1.0', handler: 'handleMessage' });
  expect(first!.ms).toBeGreaterThan(450);
  const sum = summary.handlers.reduce((all, { ms }) => all + ms, 0);
  const all = sum + summary.routerMs + summary.nativeMs + summary.collectorMs + summary.idleMs;
  expect(all / summary.profiledMs).toBeCloseTo(1, 2);
  expect(summary.cost.samples).toBeGreaterThan(500);
  expect(summary.cost.startMs).toBeGreaterThan(0);

  const text = await readFile(fileIn('one.cpuprofile'), 'utf8');
  const profile = JSON.parse(text) as Profile;
  expect(profile.samples).toHaveLength(profile.timeDeltas.length);
  const dig = profile.nodes.find(({ callFrame }) => callFrame.functionName === 'digUntil')!.callFrame;
  expect(dig.url).toMatch(/\/handlers\/miner\.ts@1\.1\.0$/);
  // lines count from 0 in a profile
  expect(miner('1.1.0').split('\n')[dig.lineNumber]).toContain('function digUntil');
  for (const secret of ['anna-who-asks', await router.token()]) expect(text + stdout).not.toContain(secret);
});

test('a handler that holds the event loop is in it, with the time that it held it', async () => {
  const running = await profiled('--for', '2s', '--json', '--out', 'held.cpuprofile');
  await router.send('ben', '$miner', '1500');
  const summary = JSON.parse((await running.finished).stdout) as Summary;
  expect(summary.handlers[0]).toMatchObject({ behaviour: 'miner', handler: 'handleMessage' });
  expect(summary.handlers[0]!.ms).toBeGreaterThan(700);
});

test('it is shown as a table, with what it cost, and where the file is', async () => {
  const { code, stdout } = await (await profiled('--for', '300ms')).finished;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^behaviour +version +handler +time +share$/m);
  expect(stdout).toMatch(/^waiting +[\d.]+ ms +[\d.]+%$/m);
  expect(stdout).toMatch(
    /^It cost the router: held for at most \d+ ms at its beginning and \d+ ms at its end; [\d,]+ samples/m,
  );
  expect(stdout).toMatch(/^The profile is in .*\.cpuprofile$/m);
  expect((await readdir(router.line.directory)).some((name) => /^mailbeam-.*\.cpuprofile$/.test(name))).toBe(true);
});

test('one profile is taken at a time, and one that was given up ends', async () => {
  const first = await profiled('--for', '1m');
  const refused = await router.line.mailbeam(['profile', '--for', '100ms', '--admin', router.admin]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is being profiled already') });
  first.process.kill('SIGKILL');
  await first.finished;
  let next: Finished;
  do next = await router.line.mailbeam(['profile', '--for', '100ms', '--admin', router.admin]);
  while (next.stderr.includes('already'));
  expect(next.code).toBe(0);
});

test('times that cannot be are refused by name', async () => {
  const ask = (...args: string[]): Promise<Finished> =>
    router.line.mailbeam(['profile', '--admin', router.admin, ...args]);
  expect(await ask('--for', '5m')).toMatchObject({ code: 2, stderr: expect.stringContaining('--for 5m: must be') });
  expect(await ask('--interval', '0.01ms')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--interval 0.01ms: must be'),
  });
  const nowhere = await ask('--out', 'nowhere/it.cpuprofile');
  expect(nowhere).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^mailbeam: --out .*cannot be written: ENOENT.*\n$/),
  });
});
