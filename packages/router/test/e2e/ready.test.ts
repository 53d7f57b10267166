/** When a running router says that it wants no clients, and that it is well again. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one();
});

const directory = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'mailbeam-ready-e2e-'));
  undo.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

async function started(env: Readonly<Record<string, string>>, data?: string): Promise<StartedRouter> {
  const router = await StartedRouter.start(env, data);
  undo.push(() => router.dispose());
  return router;
}

async function login(router: StartedRouter, user: string): Promise<Person> {
  const person = await Person.login(router.port, user);
  undo.push(() => person.end());
  return person;
}

interface Ready {
  readonly status: number;
  readonly body: { readonly status: string };
}

/** As a load balancer asks: without a token. */
async function ready(router: StartedRouter): Promise<Ready> {
  const response = await fetch(`http://127.0.0.1:${router.adminPort}/readyz`, { headers: { connection: 'close' } });
  return { status: response.status, body: (await response.json()) as Ready['body'] };
}

/** Asks until it is said; fails with what was said last after 15 s. */
async function readyWhen(router: StartedRouter, said: string): Promise<Ready> {
  const end = performance.now() + 15_000;
  for (;;) {
    const answer = await ready(router);
    if (answer.body.status === said) return answer;
    if (performance.now() > end) throw new Error(`/readyz never said ${said}: ${JSON.stringify(answer)}`);
  }
}

describe('/readyz', () => {
  test('fails from the beginning of a drain on, and is well after the next start', async () => {
    const handlers = directory();
    const slow = `
      import { defineService } from '@mailbeam/handler';
      export default defineService({
        name: 'slow',
        version: '1.0.0',
        init: () => null,
        handleMessage: () => new Promise(() => undefined),
      });
    `;
    writeFileSync(join(handlers, 'slow.ts'), slow);
    const data = join(directory(), 'data');
    const router = await started({ MAILBEAM_CODE_HANDLERS: handlers }, data);
    await router.load('slow.ts');
    expect(await ready(router)).toEqual({ status: 200, body: { status: 'ready' } });
    const ann = await login(router, 'ann');
    // what a service has in hand holds the end of the drain up for a second
    ann.send(1, '$slow');
    await ann.accepted(1);
    router.signal('SIGTERM');
    expect(await readyWhen(router, 'draining')).toMatchObject({ status: 503 });
    expect(await router.ended).toMatchObject({ code: 0 });
    const next = await started({ MAILBEAM_CODE_HANDLERS: handlers }, data);
    expect(await ready(next)).toEqual({ status: 200, body: { status: 'ready' } });
  }, 60_000);

  const deep = {
    name: 'deep',
    warning: { depth: 10 },
    critical: { depth: 20 },
    forSeconds: 0,
    clearForSeconds: 0,
  };

  test.each([
    ['fails while an alert is critical and alerts.unready is set', 'true', 'critical', 503],
    ['does not mind a critical alert by default', 'false', 'ready', 200],
  ])(
    '%s',
    async (_what, unready, said, status) => {
      const router = await started({
        MAILBEAM_ALERTS_RULES: JSON.stringify([deep]),
        MAILBEAM_ALERTS_UNREADY: unready,
      });
      const worst = async (): Promise<unknown> =>
        ((await router.ask('GET', '/alerts')).body as { worst: string }).worst;
      const until = async (wanted: string): Promise<void> => {
        while ((await worst()) !== wanted);
      };
      const ann = await login(router, 'ann');
      const bob = await login(router, 'bob');
      for (let cid = 1; cid <= 15; cid++) ann.send(cid, 'bob');
      await until('warning');
      expect(await ready(router)).toEqual({ status: 200, body: { status: 'ready' } });
      for (let cid = 16; cid <= 30; cid++) ann.send(cid, 'bob');
      await until('critical');
      expect(await ready(router)).toEqual({ status, body: { status: said } });
      await bob.next('deliver', ({ seq }) => seq === 30);
      bob.ack(30);
      await until('ok');
      expect(await ready(router)).toEqual({ status: 200, body: { status: 'ready' } });
    },
    60_000,
  );
});

/** A small file system of its own; undefined where that may not be made. */
function smallDisk(megabytes: number): string | undefined {
  const mount = directory();
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'mailbeam-test', mount]);
  if (made.status !== 0) return undefined;
  undo.push(() => void spawnSync('umount', [mount]));
  return mount;
}

/** Takes all that is left of a file system; returns how to give it back. */
function fill(mount: string): () => void {
  const file = join(mount, 'filler');
  const descriptor = openSync(file, 'w');
  for (const size of [65_536, 4_096]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  closeSync(descriptor);
  return () => rmSync(file);
}

test('/readyz fails while the disk takes no commits, and is well again once there is room; what waited is accepted', async () => {
  const mount = smallDisk(16);
  if (mount === undefined) {
    console.log('notice: no tmpfs may be mounted here, the test of a full disk is skipped');
    return;
  }
  const data = join(mount, 'data');
  mkdirSync(data);
  const router = await started({ MAILBEAM_STORE_RESERVE: '0' }, data);
  const ann = await login(router, 'ann');
  ann.send(1, 'away');
  await ann.accepted(1);
  expect(await ready(router)).toEqual({ status: 200, body: { status: 'ready' } });
  const makeRoom = fill(mount);
  const body = 'x'.repeat(4_096);
  for (let cid = 2; cid <= 40; cid++) ann.send(cid, 'away', body);
  expect(await readyWhen(router, 'commits_stopped')).toMatchObject({ status: 503 });
  expect(ann.of('rejected')).toEqual([]);
  makeRoom();
  expect(await readyWhen(router, 'ready')).toMatchObject({ status: 200 });
  await ann.accepted(40);
  expect((await router.status()).ledger).toMatchObject({ accepted: 40, pending: 40, imbalance: 0 });
}, 60_000);
