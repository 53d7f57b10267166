import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Finished } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

const rules = [
  {
    name: 'deep',
    summary: 'A hundred wait.',
    classes: ['away'],
    warning: { depth: 100 },
    forSeconds: 0,
    clearForSeconds: 0,
  },
];
let router: RealRouter;

const ask = async (...args: string[]): Promise<Finished> => router.line.mailbeam([...args, '--admin', router.admin]);

beforeAll(async () => {
  router = await RealRouter.start({ MAILBEAM_ALERTS_RULES: JSON.stringify(rules) });
});

afterAll(async () => {
  await router?.dispose();
});

describe('alerts', () => {
  test('of a router that is well say that nothing fires', async () => {
    expect(await ask('alerts')).toMatchObject({ code: 0, stdout: 'nothing fires\n' });
    expect(JSON.parse((await ask('alerts', '--json')).stdout)).toEqual({ worst: 'ok', alerts: [], silences: [] });
  });

  test('are shown while they fire, and told with --follow when they begin and when they are over', async () => {
    const following = router.line.run(['alerts', '--follow', '--admin', router.admin]);
    const asJson = router.line.run(['alerts', '--follow', '--json', '--admin', router.admin]);
    const text = Array.from({ length: 120 }, (_, i) => `hello ${i}\n`).join('');
    const chat = await router.line.mailbeam(['chat', '--as', 'anna', '--to', 'ben', '--url', router.url], text);
    expect(chat.code).toBe(0);
    await following.shows('stdout', /^warning: deep: away ben\n {2}A hundred wait\.\n/m);
    expect((await ask('alerts')).stdout).toMatch(/^ {2}look +mailbeam inspect ben$/m);
    expect((await ask('top')).stdout).toMatch(/^ {2}ben +away +120 .* away$/m);
    await router.take('ben', 120);
    await following.shows('stdout', /^resolved: deep: away ben$/m);
    await asJson.shows('stdout', /"type":"resolved"/);
    for (const { process } of [following, asJson]) process.kill('SIGINT');
    expect([(await following.finished).code, (await asJson.finished).code]).toEqual([0, 0]);
    const told = asJson.stdout.trim().split('\n');
    expect(told.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['firing', 'resolved']);
  });

  test('are told with --follow also when the node has been started again in the meantime', async () => {
    const following = router.line.run(['alerts', '--follow', '--json', '--admin', router.admin]);
    const text = Array.from({ length: 120 }, (_, i) => `hello ${i}\n`).join('');
    const fill = (user: string): Promise<Finished> =>
      router.line.mailbeam(['chat', '--as', 'anna', '--to', user, '--url', router.url], text);
    await fill('cleo');
    await following.shows('stdout', /"type":"firing".*"name":"cleo"/);
    process.kill(await router.nodePid(), 'SIGKILL');
    await following.shows('stderr', /has gone; trying again\n/);
    await fill('dora');
    await following.shows('stdout', /"type":"firing".*"name":"dora"/);
    expect(following.stderr).toMatch(/answers again\n$/);
    following.process.kill('SIGINT');
    expect((await following.finished).code).toBe(0);
  });
});

describe('silences', () => {
  test('keep what a person means from being told, are listed, and are ended', async () => {
    expect((await ask('alerts', 'silences')).stdout).toBe('nothing is silenced\n');
    const made = await ask('alerts', 'silence', 'deep', '--for', '2h', '--reason', 'being mended', '--by', 'kim');
    const [, id] = /^(\S+): rule deep, all mailboxes, until \S+ \(2 h\)\n$/.exec(made.stdout)!;
    const other = await ask('alerts', 'silence', 'deep/ben', '--json');
    expect(JSON.parse(other.stdout)).toMatchObject({ rule: 'deep', mailbox: 'ben', kept: true });
    const list = (await ask('alerts', 'silences')).stdout;
    expect(list).toMatch(/^silence +rule +mailbox +class +ends in +by +reason\n/);
    expect(list).toMatch(new RegExp(`^${id} +deep +\\* +\\* +1 h 59 min \\d+ s +kim +being mended$`, 'm'));
    const ids = [id!, (JSON.parse(other.stdout) as { id: string }).id];
    expect((await ask('alerts', 'unsilence', ...ids)).stdout).toBe(ids.map((one) => `${one}: ended\n`).join(''));
    expect((await ask('alerts', 'silences', '--json')).stdout).toBe('{"silences":[]}\n');
  });

  test('of a rule that is not there are told, and wrong ones refused', async () => {
    const unknown = await ask('alerts', 'silence', '--rule', 'deap', '--for', '1m', '--json');
    expect(unknown.stderr).toMatch(/^no rule is called deap; there are deep\n$/);
    await ask('alerts', 'unsilence', (JSON.parse(unknown.stdout) as { id: string }).id);
    const wrong = await Promise.all([
      ask('alerts', 'silence'),
      ask('alerts', 'silence', 'ben', '--for', 'long'),
      ask('alerts', 'silence', 'ben', '--for', '5000d'),
      ask('alerts', 'silence', '--class', 'people'),
      ask('alerts', 'silence', 'deep', '--rule', 'deep'),
    ]);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
    expect(await ask('alerts', 'unsilence', 'x')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no silence of this id: x/),
    });
  });
});

describe('rules', () => {
  test('are shown, set from a file or one by one, and reset', async () => {
    expect((await ask('alerts', 'rules')).stdout).toMatch(
      /^deep\n {2}A hundred wait\.\n {2}of +away mailboxes\n {2}warning +depth 100 \(50\), for 0 s\n.*\n\nas the conf/,
    );
    const one = JSON.stringify({ name: 'late', warning: { oldestSeconds: 5 } });
    const set = (input: string) =>
      router.line.mailbeam(['alerts', 'rules', 'set', '-', '--admin', router.admin], input);
    expect((await set(one)).stdout).toBe('2 rules in force; new: late\n');
    expect((await set(JSON.stringify({ name: 'late', warning: { depth: 5 } }))).stdout).toMatch(/; changed: late\n/);
    const { stdout } = await ask('alerts', 'rules', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ rules: [{ name: 'deep' }, { name: 'late' }], source: 'operator' });
    expect((await set(stdout)).stdout).toBe('2 rules in force; nothing has changed\n');
    expect((await ask('alerts', 'rules', 'reset')).stdout).toBe('1 rule in force; gone: late\n');
    expect(await set('[{"name":"late"}]')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/0: needs `warning` or `critical`/),
    });
    expect(await set('7')).toMatchObject({ code: 2, stderr: expect.stringMatching(/must be a list of rules/) });
    expect(await ask('alerts', 'rules', 'set', 'gone.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/gone\.json cannot be/),
    });
  });
});

describe('what an operator has set', () => {
  const names = async (): Promise<string[]> => {
    const { rules: all } = JSON.parse((await ask('alerts', 'rules', '--json')).stdout) as { rules: { name: string }[] };
    return all.map(({ name }) => name);
  };
  /** Kills the node; its parent starts it again. */
  const ended = async (): Promise<void> => {
    const starts = router.parent.stderr.split('"msg":"ready"').length;
    process.kill(await router.nodePid(), 'SIGKILL');
    await router.parent.shows('stderr', new RegExp(`("msg":"ready"[^]*){${starts}}`));
  };

  test('is in force again when the node was started again', async () => {
    const rule = JSON.stringify([...rules, { name: 'late', warning: { oldestSeconds: 5 } }]);
    await router.line.mailbeam(['alerts', 'rules', 'set', '-', '--admin', router.admin], rule);
    const { stdout } = await ask('alerts', 'silence', 'emil', '--json');
    await ended();
    expect(await names()).toEqual(['deep', 'late']);
    const { kept: _, ...silence } = JSON.parse(stdout) as Record<string, unknown>;
    expect(JSON.parse((await ask('alerts', 'silences', '--json')).stdout)).toEqual({ silences: [silence] });
    expect(router.parent.stderr).toMatch(/alert rules that an operator set are in force/);
  });

  test('is left out where it cannot be read: the node starts all the same', async () => {
    const file = path.join(router.line.directory, 'data', 'alerts.json');
    await writeFile(file, 'damaged');
    await ended();
    expect(await names()).toEqual(['deep']);
    expect((await ask('alerts', 'silences')).stdout).toBe('nothing is silenced\n');
    expect(await readFile(`${file}.damaged`, 'utf8')).toBe('damaged');
    expect(router.parent.stderr).toMatch(/cannot be read.*the rules of the configuration are in force/);
  });
});

describe('top', () => {
  test('has sums, also for scripts, and refuses an order that is none', async () => {
    expect((await ask('top')).stdout).toMatch(/^ {2}all mailboxes +all +\d+ /m);
    expect(JSON.parse((await ask('top', '--once', '--json')).stdout)).toMatchObject({ worstAlert: expect.any(String) });
    expect(await ask('top', '--sort', 'size')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/order is depth, growth/),
    });
  });
});
