import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Finished, Running } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

const echo = `
import { defineService } from '@mailbeam/handler';
export default defineService({
  name: 'echo',
  version: '1.0.0',
  init: () => ({ seen: 0 }),
  handleMessage: (message, state, ctx) => {
    state.seen += 1;
    ctx.reply(message, message.body);
  },
});
`;

let router: RealRouter;
let ben: Running;

const ask = async (...args: string[]): Promise<Finished> => router.line.mailbeam([...args, '--admin', router.admin]);
const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await ask(...args, '--json')).stdout) as Record<string, unknown>;

/** Connects a user who stays. */
async function connected(user: string): Promise<Running> {
  const running = router.as('listen', user, '--json');
  await router.send('anna', user, 'hello');
  await running.shows('stdout', /hello/);
  return running;
}

beforeAll(async () => {
  router = await RealRouter.start();
  const handlers = path.join(router.line.directory, 'handlers');
  await mkdir(handlers, { recursive: true });
  await writeFile(path.join(handlers, 'echo.ts'), echo);
  expect(await ask('load', 'handlers/echo.ts', '--gate', '0')).toMatchObject({ code: 0 });
  ben = await connected('ben');
});

afterAll(async () => {
  await router.dispose();
});

describe('tree', () => {
  test('draws supervisors, sessions and services', async () => {
    const { code, stdout } = await ask('tree');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^├─ <1> sessions {2}simple_one_for_one, at most 30 restarts in 10 s$/m);
    expect(stdout).toMatch(/^│ {2}└─ <\d+> ben +session 1\.0\.0 +waiting$/m);
    expect(stdout).toMatch(/^ {3}└─ <\d+> \$echo +echo 1\.0\.0 +waiting$/m);
  });

  test('with --json prints the answer, and takes no number that is none', async () => {
    expect(await json('tree')).toMatchObject({ supervisors: [{ name: 'sessions' }, { name: 'services' }] });
    expect(await ask('tree', '--deepest', 'x')).toMatchObject({ code: 2, stderr: /deepest is a whole number/ });
  });
});

describe('inspect', () => {
  test('shows a user who is connected, and one who is away', async () => {
    const shown = await ask('inspect', 'ben');
    expect(shown.stdout).toMatch(/^user +ben \(pseudonym [a-z2-7]{10}\)$/m);
    expect(shown.stdout).toMatch(/^connection +for \S+ m?s, since \d\d:\d\d$/m);
    expect(shown.stdout).toMatch(/^session +<\d+>, session 1\.0\.0, waiting$/m);
    for (let i = 0; i < 3; i++) await router.send('anna', 'away', 'a secret');
    const away = await ask('inspect', 'away');
    expect(away.stdout).toMatch(/^mailbox +3 messages \(24 B\)$/m);
    expect(away.stdout).toMatch(/^ +0 in flight, 0 in memory, 3 on disk alone$/m);
    expect(away.stdout).toMatch(/^oldest from +anna 100 %$/m);
    expect(away.stdout).not.toContain('secret');
  });

  test('takes a pseudonym in place of a name', async () => {
    const { pseudonym } = await json('inspect', 'ben');
    expect(await json('inspect', String(pseudonym))).toMatchObject({ user: 'ben' });
  });

  test('shows a service with the shape and size of its state, and an actor by its id', async () => {
    await router.send('anna', '$echo', 'a secret');
    await router.take('anna', 1);
    const service = await json('inspect', '$echo');
    expect(service).toMatchObject({
      service: '$echo',
      versions: [{ version: '1.0.0', actors: 1 }],
      actor: { handled: 1, state: { shape: '{ seen: number }' } },
    });
    const { id } = service['actor'] as { id: number };
    const actor = await ask('inspect', `<${id}>`);
    expect(actor.stdout).toMatch(/^works for +\$echo$/m);
    expect(actor.stdout).toMatch(/^state +about \d+ B: \{ seen: number \}$/m);
    expect(actor.stdout).toMatch(/^actor +<\d+>, echo 1\.0\.0, waiting$/m);
    expect(actor.stdout).toMatch(/^linked +1 link, 1 monitor, started by <\d+>$/m);
  });

  test('says who is not there, and with what a service is quoted', async () => {
    expect(await ask('inspect', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no user, service or actor nobody at http.*\n.*mailbeam tree/),
    });
    expect(await ask('inspect', '')).toMatchObject({ code: 2, stderr: expect.stringContaining("'$NAME'") });
    expect(await ask('inspect', 'ben', '--kind', 'thing')).toMatchObject({ code: 2 });
  });
});

describe('trace', () => {
  test('tells what a service receives and handles, as it happens, and never what a message says', async () => {
    const tracing = router.line.run(['trace', '$echo', '--for', '30s', '--admin', router.admin]);
    await tracing.shows('stderr', /tracing \$echo for 30\.0 s/);
    await router.send('anna', '$echo', 'a secret');
    await tracing.shows(
      'stdout',
      / received .*\n.* sent +to mailbox anna .*\n.* handled +in \d+\.\d\d ms, state \d+ B/,
    );
    tracing.process.kill('SIGINT');
    const { code, stdout, stderr } = await tracing.finished;
    expect(code).toBe(0);
    expect(stderr).toMatch(/3 events, 0 left out\n$/);
    expect(stdout).toContain('body: bytes(8)');
    expect(stdout).not.toContain('secret');
  });

  test('ends when its time is over, with --json as one object a line', async () => {
    const { code, stdout } = await ask('trace', 'ben', '--for', '200ms', '--json');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['begin', 'end']);
  });

  test('says what cannot be traced', async () => {
    expect(await ask('trace', 'sesion')).toMatchObject({ code: 1 });
    expect(await ask('trace', 'ben', '--for', 'ever')).toMatchObject({ code: 2 });
    expect(await ask('trace', 'ben', '--for', '1h')).toMatchObject({ code: 2 });
    expect(await ask('trace', 'ben', '--rate', '5000')).toMatchObject({ code: 2 });
  });

  test('ends with exit code 4 when the router goes', async () => {
    const other = await RealRouter.start();
    try {
      const listening = other.as('listen', 'carl');
      await other.send('anna', 'carl', 'x');
      await listening.shows('stdout', /anna: x/);
      const tracing = other.line.run(['trace', 'carl', '--for', '1m', '--admin', other.admin]);
      await tracing.shows('stderr', /tracing carl/);
      process.kill(await other.nodePid(), 'SIGKILL');
      expect(await tracing.finished).toMatchObject({ code: 4 });
    } finally {
      await other.dispose();
    }
  });
});

describe('disconnect', () => {
  test('ends a connection, and the client comes back by itself', async () => {
    const shown = await ask('disconnect', 'ben');
    expect(shown).toMatchObject({ code: 0, stdout: 'ben: disconnected\n' });
    await ben.shows('stderr', /connect/);
    await router.send('anna', 'ben', 'are you back?');
    await ben.shows('stdout', /are you back\?/);
    expect(await json('disconnect', 'away')).toEqual({ user: 'away', disconnected: false });
    expect(await ask('disconnect', 'nobody')).toMatchObject({ code: 1 });
  });
});

describe('where names are not to be shown', () => {
  test('there are pseudonyms in answers and in the log, and commands take them', async () => {
    const veiled = await RealRouter.start({ MAILBEAM_PRIVACY_CLEAR_NAMES: 'false' });
    try {
      const beside = async (...args: string[]) => veiled.line.mailbeam([...args, '--admin', veiled.admin]);
      const listening = veiled.as('listen', 'wilhelmina');
      await veiled.send('anna', 'wilhelmina', 'hello');
      await listening.shows('stdout', /hello/);
      const tree = await beside('tree');
      expect(tree.stdout).not.toContain('wilhelmina');
      const pseudonym = /<\d+> ([a-z2-7]{10}) +session/.exec(tree.stdout)?.[1] ?? '';
      const inspected = await beside('inspect', pseudonym);
      expect(inspected.stdout).toMatch(new RegExp(`^user +${pseudonym} \\(a pseudonym\\)$`, 'm'));
      expect((await beside('inspect', 'wilhelmina')).stdout).not.toContain('wilhelmina');
      expect(await beside('disconnect', pseudonym)).toMatchObject({ code: 0, stdout: `${pseudonym}: disconnected\n` });
      await veiled.parent.shows('stderr', new RegExp(`"user":"${pseudonym}"`));
      expect(veiled.parent.stderr).not.toContain('wilhelmina');
      const key = path.join(veiled.line.directory, 'data', 'pseudonym.key');
      expect((await stat(key)).mode & 0o777).toBe(0o600);
      expect((await readFile(key, 'utf8')).trim()).toHaveLength(43);
    } finally {
      await veiled.dispose();
    }
  });
});
