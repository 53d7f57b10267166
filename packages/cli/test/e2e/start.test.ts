import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { busyLimit, processGone } from '../start/spawned-start.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter | undefined;

async function start(environment: Readonly<Record<string, string>> = {}): Promise<RealRouter> {
  router = await RealRouter.start(environment);
  return router;
}

afterEach(async () => {
  await router?.dispose();
  router = undefined;
});

describe('mailbeam start, with a real node', () => {
  test('loses nothing accepted when the node is killed, is back on the same ports, and logs what an operator wanted', async () => {
    const { ready, ...rest } = await start();
    expect(rest.parent.process.pid).toBe(ready.pid);
    const running = router as RealRouter;
    expect((await running.send('alice', 'bob', 'safe')).code).toBe(0);
    const before = await running.nodePid();
    const log = ['log', '--admin', running.admin, '--json'];
    await running.line.mailbeam([...log, 'debug', '--area', 'clients', '--for', '1h']);
    process.kill(before, 'SIGKILL');
    await running.parent.shows('stderr', /up again/);
    expect(await running.nodePid()).not.toBe(before);
    const { areas } = JSON.parse((await running.line.mailbeam(log)).stdout) as { areas: Record<string, object> };
    expect(areas).toMatchObject({ clients: { level: 'debug', usual: 'info' }, node: { level: 'info', until: null } });
    expect((await running.take('bob', 1))[0]).toMatchObject({ from: 'alice', text: 'safe' });
    expect(await running.status()).toMatchObject({ pendingMessages: 0, ledger: { imbalance: 0 } });
  });

  test('drains at SIGTERM: clients are told to go, exit 0 within 5 s, mail is there at the next start', async () => {
    const began = performance.now();
    const running = await start();
    const startMs = performance.now() - began;
    const listening = running.as('listen', 'carol');
    await listening.shows('stderr', /connected as carol/);
    expect((await running.send('alice', 'bob', 'later')).code).toBe(0);
    const before = performance.now();
    running.parent.process.kill('SIGTERM');
    const ended = await running.parent.finished;
    expect(ended.code).toBe(0);
    expect(performance.now() - before).toBeLessThan(busyLimit(5_000, startMs));
    expect(ended.stdout.trim().split('\n')).toHaveLength(1);
    await listening.shows('stderr', /the connection is lost/);

    const again = running.startAgain();
    await again.shows('stdout', /"ready":true/);
    await listening.shows('stderr', /connected again/);
    expect((await running.take('bob', 1))[0]).toMatchObject({ text: 'later' });
    again.process.kill('SIGTERM');
    expect((await again.finished).code).toBe(0);
  });

  test('takes the node along within 1 s when the parent is killed', async () => {
    const began = performance.now();
    const running = await start();
    const startMs = performance.now() - began;
    const node = await running.nodePid();
    running.parent.process.kill('SIGKILL');
    expect(await processGone(node)).toBeLessThan(busyLimit(1_000, startMs));
  });

  test('makes the admin token for its owner only', async () => {
    const running = await start();
    const { mode } = await stat(path.join(running.line.directory, 'data/admin.token'));
    expect(mode & 0o777).toBe(0o600);
  });

  test('takes any limit from the environment', async () => {
    const running = await start({ MAILBEAM_LIMITS_CONNECTIONS: '7', MAILBEAM_LIMITS_MAILBOX_MESSAGES: '1' });
    expect(await running.status()).toMatchObject({ limits: { connections: 7, mailboxMessages: 1 } });
    expect((await running.send('alice', 'bob', '1')).code).toBe(0);
    const full = await running.send('alice', 'bob', '2');
    expect(full.code).toBe(3);
    expect(full.stderr).toMatch(/mailbox_full/);
  });
});

describe('mailbeam status', () => {
  test('shows how the router is, with the token of the data directory', async () => {
    const running = await start();
    await running.send('alice', 'bob', 'x');
    const status = await running.line.mailbeam(['status', '--admin', running.admin]);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^pending +1 messages? wait/m);
    expect(status.stdout).toMatch(/^ledger +1 accepted = 0 delivered \+ 0 failed \+ 1 pending$/m);
    expect(status.stdout).toMatch(/^imbalance +none$/m);
  });

  test('says which token is missing, wrong, or that nobody answers', async () => {
    const running = await start();
    const wrong = await running.line.mailbeam(['status', '--admin', running.admin, '--admin-token', 'nope']);
    expect(wrong.code).toBe(5);
    expect(wrong.stderr).toMatch(/does not take the token/);
    const missing = await running.line.mailbeam(['status', '--admin', running.admin, '--data', 'elsewhere']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/there is no .*elsewhere\/admin\.token/);
    const nobody = await running.line.mailbeam(['status', '--admin', 'http://127.0.0.1:10', '--data', 'elsewhere']);
    expect(nobody.code).toBe(4);
    expect(nobody.stderr).toMatch(/no router answers at http:\/\/127\.0\.0\.1:10 \(ECONNREFUSED\)/);
    const given = await running.line.mailbeam([
      'status',
      '--admin',
      running.admin,
      '--admin-token',
      await running.token(),
    ]);
    expect(given.code).toBe(0);
  });
});
