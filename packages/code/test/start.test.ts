import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CodeServerOptions } from '../src/options.js';
import { ServerFixture } from './server-fixture.js';

let code: ServerFixture;
beforeEach(async () => {
  code = await new ServerFixture().open();
});
afterEach(() => code.close());

const again = async (options: Partial<CodeServerOptions> = {}) => {
  await code.server.close();
  code.events.length = 0;
  await code.open(options);
};
const load = (version: string) => {
  code.service('echo', version);
  return code.load('echo');
};
/** The version that a new instance gets. */
const live = () => code.host.units.get('echo')?.choose('any').version;

describe('after a start', () => {
  test('what was live is live, not what lies in the folder', async () => {
    await load('1');
    await load('2');
    code.service('echo', '3');
    await again();
    expect(live()).toBe('2');
    expect(code.texts('started')).toEqual(['echo 2 is live']);
    expect(code.texts('drift')).toEqual(['echo 2 is live, and echo.ts is changed on disk']);
    unlinkSync(join(code.handlers, 'echo.ts'));
    await again();
    expect(live()).toBe('2');
    expect(code.texts('drift')).toEqual(['echo 2 is live, and echo.ts is not on disk']);
    expect(await code.server.versions()).toMatchObject([{ live: '2', drift: 'not on disk' }]);
  });

  test('one can go back as before it, and used versions stay used', async () => {
    await load('1');
    await load('2');
    await again();
    code.service('echo', '1', 'callers: 9,');
    expect((await code.load('echo')).problem).toMatchObject({ code: 'version_used' });
    expect(await code.rollback('echo')).toMatchObject({ version: '1' });
    await again();
    expect(live()).toBe('1');
  });

  test('a version whose bundle is damaged gives way to the one before it', async () => {
    await load('1');
    await load('2');
    writeFileSync(join(code.dir, 'bundles/echo@2.cjs'), 'throw new Error("damaged")');
    await again();
    expect(live()).toBe('1');
    expect(code.texts('not_started')[0]).toMatch(/^echo 2 was live and does not start: .*damaged/);
    unlinkSync(join(code.dir, 'bundles/echo@1.cjs'));
    await again();
    expect(live()).toBeUndefined();
  });

  test('what another program wrote is an error, not an empty start', async () => {
    await code.server.close();
    writeFileSync(join(code.dir, 'live.json'), '{"format":2}');
    await expect(code.open()).rejects.toMatchObject({ code: 'bad_directory', scope: 'node' });
    rmSync(join(code.dir, 'live.json'));
    await code.open();
  });

  test('nothing is left of bundles that nothing names', async () => {
    await load('1');
    writeFileSync(join(code.dir, 'bundles/echo@9.cjs'), '');
    writeFileSync(join(code.dir, 'bundles/echo@8.cjs.new'), '');
    await again();
    expect(readdirSync(join(code.dir, 'bundles'))).toEqual(['echo@1.cjs']);
  });
});

describe('a rollout that is under way when the node dies', () => {
  /** Copies the directory in the middle of a load of version 2, and starts from the copy. */
  const dieIn = async (canary: number, ended: CodeServerOptions['ended']) => {
    await load('1');
    const [instance] = code.host.spawn('echo', 1);
    const settle = instance!.busy();
    code.service('echo', '2');
    const { id } = await code.server.load('echo', { canary, gateMs: 60_000 });
    let now = code.server.operation(id);
    while (now.phase !== 'moving' && now.phase !== 'gating') now = await code.server.awaitOperation(id, now.seq, 5_000);
    await code.server.close();
    settle();
    code.events.length = 0;
    await code.open({ ended: ended ?? 'died' });
  };

  test('as a canary goes back', async () => {
    await dieIn(50, 'died');
    expect(live()).toBe('1');
    expect(code.texts('rolled_back')).toEqual(['echo 2 went back: the node ended during its canary']);
  });

  test('for all goes on with a new gate', async () => {
    await dieIn(100, 'died');
    expect(live()).toBe('2');
    const [operation] = code.server.operations();
    expect(operation).toMatchObject({ what: 'resume', version: '2', from: '1', ended: false, gateMs: 60_000 });
    expect(await code.server.versions()).toMatchObject([
      { live: '1', operation: operation!.id, versions: [{ version: '2', status: 'canary' }, { version: '1' }] },
    ]);
  });

  test('goes back when it took the node down', async () => {
    await dieIn(100, { behaviour: 'echo', version: '2' });
    expect(live()).toBe('1');
    expect(code.texts('rolled_back')).toEqual(['echo 2 went back: it took the node down']);
    expect((await load('2')).phase).toBe('kept'); // once is no quarantine
  });
});

describe('a version that takes the node down', () => {
  const culprit = { behaviour: 'echo', version: '2' };

  test('once is started again', async () => {
    await load('1');
    await load('2');
    await again({ ended: culprit });
    expect(live()).toBe('2');
    expect(code.texts('died')).toEqual(['echo 2 took the node down']);
  });

  test('twice within a minute is quarantined, with the version before it in its place', async () => {
    await load('1');
    await load('2');
    await again({ ended: culprit });
    await again({ ended: culprit });
    expect(live()).toBe('1');
    expect(code.texts('quarantined')[0]).toMatch(/^echo 2 is quarantined: .+ 2 times within 60 s; 1 is in its place$/);
    expect((await load('2')).problem).toMatchObject({ code: 'quarantined' });
    const same = await code.load('echo', { dev: true });
    expect(same.problem).toMatchObject({ code: 'quarantined' });
    const [module] = await code.server.versions();
    expect(module!.versions.map(({ version, status }) => `${version} ${status}`).sort()).toEqual([
      '1 live',
      '2 quarantined',
    ]);
    await again();
    expect(live()).toBe('1');
    expect((await load('3')).phase).toBe('kept');
  });

  test('and has none before it is quarantined, and nothing runs until another is loaded', async () => {
    await load('2');
    await again({ ended: culprit });
    await again({ ended: culprit });
    expect(live()).toBeUndefined();
    expect((await load('3')).phase).toBe('kept');
    expect(live()).toBe('3');
  });

  test('twice, but not within a minute, is not', async () => {
    let now = 1_700_000_000_000;
    const { systemClock } = await import('../src/clock.js');
    const clock = { ...systemClock, wall: () => now };
    await load('1');
    await load('2');
    await again({ ended: culprit, clock });
    now += 61_000;
    await again({ ended: culprit, clock });
    expect(live()).toBe('2');
  });
});

describe('a version that came with the host', () => {
  const builtIn = (version: string) => {
    const module = { kind: 'service', name: 'echo', version, init: () => 0, state: 'shared', callers: 1 };
    return { builtIns: [{ kind: 'service' as const, name: 'echo', version, module }] };
  };

  test('runs where nothing was loaded, can be gone back to, and is replaced by the next host', async () => {
    await again(builtIn('1'));
    expect(live()).toBe('1');
    expect(await load('2')).toMatchObject({ phase: 'kept', from: '1' });
    await again(builtIn('1'));
    expect(live()).toBe('2');
    expect(await code.rollback('echo')).toMatchObject({ phase: 'kept', version: '1' });
    await again(builtIn('1.1'));
    expect(live()).toBe('1.1');
    expect(await code.server.versions()).toMatchObject([
      { live: '1.1', drift: 'built in', versions: [{ builtIn: true }] },
    ]);
  });

  test('cannot be loaded under its version', async () => {
    await again(builtIn('1'));
    expect((await load('1')).problem).toMatchObject({ code: 'version_used' });
  });

  test('needs a host for its kind', async () => {
    const { builtIns } = builtIn('1');
    await expect(again({ builtIns: [{ ...builtIns[0]!, kind: 'session' }] })).rejects.toMatchObject({
      code: 'no_host',
    });
    await code.open();
  });
});

describe('a death at any point of a load', () => {
  test('leaves a directory from which the node starts, on the old version or the new', async () => {
    await load('1');
    const copies = mkdtempSync(join(tmpdir(), 'mailbeam-code-copies-'));
    const seen = new Set<string>();
    const copy = (): void => {
      const files = existsSync(code.dir) ? readdirSync(code.dir, { recursive: true }).map(String).sort() : [];
      const state = files.join() + readFileSync(join(code.dir, 'live.json'), 'utf8');
      if (seen.has(state)) return;
      seen.add(state);
      cpSync(code.dir, join(copies, String(seen.size)), { recursive: true });
    };
    let going = true;
    const watch = (): void => {
      copy();
      if (going) setImmediate(watch);
    };
    watch();
    code.host.spawn('echo', 2_000);
    await load('2');
    await code.rollback('echo');
    await load('3');
    going = false;
    await code.server.close();
    expect(seen.size).toBeGreaterThan(6);
    for (const number of readdirSync(copies)) {
      const dir = join(copies, number);
      await code.open({ dir, ended: 'died' });
      expect(['1', '2', '3']).toContain(live());
      expect(code.texts('not_started')).toEqual([]);
      for (const { id } of code.server.operations())
        expect(await code.server.ended(id)).toMatchObject({ what: 'resume', phase: 'kept' });
      expect(await load(`next-${number}`)).toMatchObject({ phase: 'kept' });
      await code.server.close();
    }
    rmSync(copies, { recursive: true });
    await code.open();
  });
});

test('a server needs no handlers directory to start, makes none, and finds one that is made later', async () => {
  await code.server.close();
  rmSync(code.handlers, { recursive: true });
  await code.open();
  expect(existsSync(code.handlers)).toBe(false);
  await expect(code.server.load('thing')).rejects.toMatchObject({ code: 'not_found' });
  const elsewhere = join(code.root, 'elsewhere');
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, code.handlers);
  writeFileSync(join(elsewhere, 'thing.ts'), 'export default 1;');
  const { id } = await code.server.load('thing');
  expect(await code.server.ended(id)).toMatchObject({ phase: 'failed', problem: { code: 'bad_module' } });
});
