/** A handler version that takes the node down: it is named, gone back from, and quarantined; nothing that was accepted is lost. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from '@mailbeam/client';
import type { Client } from '@mailbeam/client';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { RealRouter } from './router.js';

jest.setTimeout(90_000);

let router: RealRouter | undefined;
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await router?.dispose();
});

const service = (version: string, onKill: string): string => `
  import { defineService } from '@mailbeam/handler';
  export default defineService({
    name: 'answer',
    version: '${version}',
    init: () => null,
    handleMessage(message, _state, ctx) {
      if (message.text() === 'kill') { ${onKill} }
      ctx.reply(message, '${version} ' + message.text());
    },
  });
`;

const interceptor = (version: string, onKill: string): string => `
  import { defineInterceptor } from '@mailbeam/handler';
  export default defineInterceptor({
    name: 'answer',
    version: '${version}',
    intercept(envelope) {
      if (envelope.text() === 'kill') { ${onKill} }
    },
  });
`;

const LOOP = 'for (;;);';
const ALLOCATE = 'const all = []; for (;;) all.push(new Array(1_000_000).fill(Math.random()));';

async function started(environment: Record<string, string> = {}) {
  const handlers = 'handlers';
  router = await RealRouter.start(environment);
  const { line, admin } = router;
  const directory = path.join(line.directory, handlers);
  await mkdir(directory, { recursive: true });
  const load = async (source: string, ...flags: string[]) => {
    const file = path.join(directory, 'answer.ts');
    await writeFile(file, source);
    return line.mailbeam(['load', file, '--admin', admin, ...flags]);
  };
  const versions = async () => {
    const { stdout } = await line.mailbeam(['versions', '--admin', admin, '--json']);
    const { modules } = JSON.parse(stdout) as { modules: ModuleShown[] };
    return modules.find(({ name }) => name === 'answer')!;
  };
  return { router, load, versions };
}

interface ModuleShown {
  readonly name: string;
  readonly live?: string;
  readonly versions: readonly { readonly version: string; readonly status: string; readonly reason?: string }[];
}

function client(to: RealRouter, user: string): Client {
  const connected = connect({ url: to.url, token: user });
  clients.push(connected);
  return connected;
}

async function replies(of: Client, count: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of of.messages()) {
    texts.push(message.text());
    if (texts.length === count) break;
  }
  return texts;
}

describe('a version that takes the node down', () => {
  test.each([
    ['loops', LOOP, {}],
    ['takes memory', ALLOCATE, { NODE_OPTIONS: '--max-old-space-size=256' }],
  ])(
    'and %s for ever, twice within a minute, is quarantined, and the version before it takes its place and its messages',
    async (_what, onKill, environment) => {
      const { router: up, load, versions } = await started(environment);
      expect((await load(service('1.0.0', ''))).code).toBe(0);
      expect((await load(service('2.0.0', onKill), '--gate', '0')).code).toBe(0);
      const alice = client(up, 'alice');
      // accepted once it is on disk, whatever becomes of the node: it is handled again after each death
      void alice.send('$answer', 'kill');
      await up.parent.shows('stderr', /answer 2\.0\.0.* is quarantined|quarantined.*answer 2\.0\.0/);
      expect(await replies(alice, 1)).toEqual(['1.0.0 kill']);
      const module = await versions();
      expect(module.live).toBe('1.0.0');
      expect(module.versions.find(({ version }) => version === '2.0.0')).toMatchObject({ status: 'quarantined' });
      const again = await load(service('2.0.0', onKill));
      expect(again.code).not.toBe(0);
      expect(again.stderr + again.stdout).toMatch(/quarantined/);
    },
  );

  test('and leaks until the heap is full is named too: who fills it is who runs when it is full', async () => {
    const { router: up, load, versions } = await started({ NODE_OPTIONS: '--max-old-space-size=128' });
    expect((await load(service('1.0.0', ''))).code).toBe(0);
    const leak = '(globalThis.kept ??= []).push(Array.from({ length: 200_000 }, (_, i) => ({ i })));';
    expect((await load(service('2.0.0', leak), '--gate', '0')).code).toBe(0);
    const alice = client(up, 'alice');
    for (let n = 0; n < 60; n++) void alice.send('$answer', 'kill');
    await up.parent.shows('stderr', /quarantined/);
    const answers = await replies(alice, 60);
    expect(answers.at(-1)).toBe('1.0.0 kill');
    expect((await versions()).live).toBe('1.0.0');
  });

  test('while its gate watches goes back with the first death', async () => {
    const { router: up, load, versions } = await started();
    expect((await load(service('1.0.0', ''))).code).toBe(0);
    const loading = load(service('2.0.0', LOOP), '--gate', '60s');
    await up.parent.shows('stderr', /"version":"2\.0\.0".*"event":"moving"|"event":"moving".*"version":"2\.0\.0"/);
    const alice = client(up, 'alice');
    void alice.send('$answer', 'kill');
    expect(await replies(alice, 1)).toEqual(['1.0.0 kill']);
    expect((await versions()).live).toBe('1.0.0');
    expect((await loading).code).not.toBe(0);
  });

  test('within the session of whoever sends is named all the same: an interceptor', async () => {
    const { router: up, load, versions } = await started();
    expect((await load(interceptor('1.0.0', ''))).code).toBe(0);
    expect((await load(interceptor('2.0.0', LOOP), '--gate', '0')).code).toBe(0);
    const alice = client(up, 'alice');
    const sent = alice.send('bob', 'kill');
    await up.parent.shows('stderr', /answer 2\.0\.0 \(actor \d+\) held the event loop/);
    await up.parent.shows('stderr', /quarantined/);
    await sent;
    expect((await versions()).live).toBe('1.0.0');
  });
});

test('a version that throws on every hundredth message: what was in hand is handled again, first and alone, and nothing is missing', async () => {
  const { router: up, load, versions } = await started();
  const throwing = `
    import { defineService } from '@mailbeam/handler';
    let seen = 0;
    export default defineService({
      name: 'answer',
      version: '3.0.0',
      init: () => null,
      handleMessage(message, _state, ctx) {
        if (++seen % 100 === 0) throw new Error('planted');
        ctx.reply(message, message.text());
      },
    });
  `;
  expect((await load(throwing, '--gate', '0')).code).toBe(0);
  const alice = client(up, 'alice');
  const numbers = Array.from({ length: 350 }, (_, n) => String(n));
  const sent = numbers.map((n) => alice.send('$answer', n));
  expect(await replies(alice, 350)).toEqual(numbers);
  await Promise.all(sent);
  const { live, versions: all } = await versions();
  expect(live).toBe('3.0.0');
  expect(all[0]).toMatchObject({ crashes: 3 });
});
