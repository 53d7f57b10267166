import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ModuleInfo } from '../src/module-info.js';
import { ServerFixture, serviceText } from './server-fixture.js';

let code: ServerFixture;
beforeEach(async () => {
  code = await new ServerFixture().open();
});
afterEach(() => code.close());

const change = 'codeChange: (state: { n: number }) => ({ n: state.n + 1 }),';

describe('a load', () => {
  test('of a first version starts the module', async () => {
    code.service('echo', '1.0.0');
    const operation = await code.load('echo.ts', { by: 'ann' });
    expect(operation).toMatchObject({ phase: 'kept', ended: true, name: 'echo', version: '1.0.0', file: 'echo.ts' });
    expect(operation.from).toBeUndefined();
    const [instance] = code.host.spawn('echo', 1);
    expect(instance!.version.version).toBe('1.0.0');
    expect(existsSync(instance!.version.bundle)).toBe(true);
  });

  test('of the next version moves every instance through its codeChange', async () => {
    code.service('echo', '1.0.0');
    await code.load('echo');
    const instances = code.host.spawn('echo', 1_000);
    code.service('echo', '2.0.0', change);
    const operation = await code.load('echo');
    expect(operation).toMatchObject({ phase: 'kept', moved: 1_000, old: 0, failed: 0, from: '1.0.0' });
    expect(code.host.versionsOf('echo')).toEqual({ '2.0.0': 1_000 });
    expect(instances.every(({ state }) => (state as { n: number }).n === 1)).toBe(true);
  });

  test('waits for an instance that is in a callback', async () => {
    code.service('echo', '1.0.0');
    await code.load('echo');
    const [instance] = code.host.spawn('echo', 3);
    const settle = instance!.busy();
    code.service('echo', '2.0.0');
    const begun = await code.server.load('echo');
    let now = begun;
    while (now.moved < 2) now = await code.server.awaitOperation(now.id, now.seq, 5_000);
    expect(now).toMatchObject({ phase: 'moving', old: 1 });
    settle();
    expect(await code.server.ended(begun.id)).toMatchObject({ phase: 'kept', moved: 3 });
  });

  test('whose codeChange throws for every tenth state goes back with the first of them', async () => {
    code.service('echo', '1.0.0', change);
    await code.load('echo');
    for (const [i, instance] of code.host.spawn('echo', 100).entries()) instance.state = { n: i };
    const body =
      "codeChange: (state: { n: number }) => { if (state.n % 10 === 9) throw new Error('nine'); return state; },";
    code.service('echo', '2.0.0', body);
    const operation = await code.load('echo');
    expect(operation).toMatchObject({ phase: 'rolled_back', problem: { code: 'code_change_failed' } });
    expect(operation.reason).toBe('codeChange threw: 1 of 10 in the change from 1.0.0 to 2.0.0: nine');
    expect(code.host.versionsOf('echo')).toEqual({ '1.0.0': 100 });
    expect(code.host.of('echo').map(({ state }) => (state as { n: number }).n)[9]).toBe(9);
  });

  test('keeps those that throw on the old version where so many may', async () => {
    await code.server.close();
    await code.open({ maxFailedMoves: 10 });
    code.service('echo', '1.0.0');
    await code.load('echo');
    for (const [i, instance] of code.host.spawn('echo', 100).entries()) instance.state = { n: i };
    const body =
      "codeChange: (state: { n: number }) => { if (state.n % 10 === 9) throw new Error('nine'); return state; },";
    code.service('echo', '2.0.0', body);
    expect(await code.load('echo')).toMatchObject({ phase: 'kept', moved: 90, failed: 10, old: 10 });
    expect(code.host.versionsOf('echo')).toEqual({ '1.0.0': 10, '2.0.0': 90 });
  });

  test('with a canary moves its part first, and those that start meanwhile by the same rule', async () => {
    await code.server.close();
    await code.open({ gateMinHandled: 1 });
    code.service('echo', '1.0.0');
    await code.load('echo');
    code.host.spawn('echo', 2_000);
    code.service('echo', '2.0.0');
    const { id } = await code.server.load('echo', { canary: 5, gateMs: 300 });
    let now = code.server.operation(id);
    while (now.phase !== 'gating') now = await code.server.awaitOperation(id, now.seq, 5_000);
    const part = code.host.versionsOf('echo')['2.0.0']!;
    expect(part).toBeGreaterThan(50);
    expect(part).toBeLessThan(160);
    const later = code.host.spawn('echo', 2_000).filter(({ version }) => version.version === '2.0.0');
    expect(later).toHaveLength(part);
    for (const instance of code.host.of('echo')) instance.handle('x');
    const [module] = await code.server.versions();
    expect(module!.versions.map(({ version, status }) => `${version} ${status}`)).toEqual([
      '2.0.0 canary',
      '1.0.0 live',
    ]);
    expect(await code.server.ended(id)).toMatchObject({ phase: 'kept' });
    expect(Object.keys(code.host.versionsOf('echo'))).toEqual(['2.0.0']);
  });

  test('in development has a version of its own each time', async () => {
    const load = () => code.load('echo', { dev: true });
    code.service('echo', '1.0.0');
    const first = await load();
    expect(first.version).toMatch(/^1\.0\.0\+[0-9a-f]{7}$/);
    expect(await load()).toMatchObject({ phase: 'failed', problem: { code: 'already_live' } });
    code.service('echo', '1.0.0', change);
    const second = await load();
    expect(second.version).not.toBe(first.version);
    code.service('echo', '1.0.0');
    expect((await load()).version).toBe(`${first.version}.2`);
  });

  test('is written to the audit log, with who asked', async () => {
    code.service('echo', '1.0.0');
    await code.load('echo', { by: 'ann' });
    await code.rollback('echo').catch(() => undefined);
    await code.server.close();
    const lines = readFileSync(join(code.dir, 'audit.log'), 'utf8').trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { event: string; by?: string; text: string });
    expect(events.map(({ event, by }) => `${event} ${by}`)).toEqual(['load ann', 'kept ann', 'refused test']);
  });

  test('of a module that imports files and packages bundles them', async () => {
    code.write('lib/words.ts', 'export const words: string[] = ["a"];');
    code.write('node_modules/pkg/package.json', '{"name":"pkg","version":"1.0.0","main":"index.js"}');
    code.write('node_modules/pkg/index.js', 'module.exports = { from: "package" };');
    const body = 'handleMessage: () => void (globalThis as any).said?.(words, from, join("a", "b")),';
    const imports =
      "import { words } from './lib/words.js'; import { from } from 'pkg'; import { join } from 'node:path';";
    code.write('words.ts', imports + serviceText('words', '1', body));
    expect(await code.load('words')).toMatchObject({ phase: 'kept' });
    code.write('lib/words.ts', 'export const words: string[] = ["b"];');
    expect(await code.server.versions()).toMatchObject([{ name: 'words', drift: 'changed on disk' }]);
  });
});

describe('a rollback', () => {
  beforeEach(async () => {
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) {
      code.service('echo', version, change);
      await code.load('echo');
    }
    code.host.spawn('echo', 50);
  });

  test('goes back one version at a time, through codeChange', async () => {
    expect(await code.rollback('echo')).toMatchObject({ phase: 'kept', from: '3.0.0', version: '2.0.0', moved: 50 });
    expect(await code.rollback('echo')).toMatchObject({ phase: 'kept', version: '1.0.0' });
    expect(code.host.versionsOf('echo')).toEqual({ '1.0.0': 50 });
    expect(code.host.of('echo')[0]!.state).toEqual({ n: 2 });
    await expect(code.server.rollback('echo')).rejects.toMatchObject({ code: 'no_previous_version' });
  });

  test('restarts the instances where the older version has no codeChange and the newer one has', async () => {
    code.service('plain', '1');
    await code.load('plain');
    code.service('plain', '2', change);
    await code.load('plain');
    code.host.spawn('plain', 20);
    expect(await code.rollback('plain')).toMatchObject({ phase: 'kept', moved: 20 });
    expect(code.host.of('plain').every(({ restarts }) => restarts === 1)).toBe(true);
    expect(code.host.versionsOf('plain')).toEqual({ '1': 20 });
  });

  test('restarts the instances whose state the older version does not take', async () => {
    const odd =
      "codeChange: (state: { n: number }, from: string) => { if (from === '2' && state.n === 7) throw new Error('no'); return state; },";
    code.service('odd', '1', odd);
    await code.load('odd');
    code.service('odd', '2', odd);
    await code.load('odd');
    for (const [i, instance] of code.host.spawn('odd', 20).entries()) instance.state = { n: i };
    expect(await code.rollback('odd')).toMatchObject({ phase: 'kept' });
    expect(
      code.host
        .of('odd')
        .map(({ restarts }) => restarts)
        .indexOf(1),
    ).toBe(7);
    expect(code.host.versionsOf('odd')).toEqual({ '1': 20 });
  });

  test('then a load goes on from there, and its versions stay used', async () => {
    await code.rollback('echo');
    code.service('echo', '3.0.0', 'callers: 5,');
    expect(await code.load('echo')).toMatchObject({ phase: 'failed', problem: { code: 'version_used' } });
    code.service('echo', '3.0.1', change);
    expect(await code.load('echo')).toMatchObject({ phase: 'kept', from: '2.0.0' });
    expect(await code.rollback('echo')).toMatchObject({ version: '2.0.0' });
  });

  test('lets the version count on where it was left', async () => {
    for (const one of code.host.of('echo')) one.handle('what 3.0.0 handles');
    await code.rollback('echo');
    for (const one of code.host.of('echo')) one.handle('what 2.0.0 handles');
    code.service('echo', '4.0.0', change);
    await code.load('echo');
    await code.rollback('echo');
    for (const one of code.host.of('echo').slice(0, 10)) one.handle('what 2.0.0 handles again');
    const [{ versions }] = (await code.server.versions()) as [ModuleInfo];
    const handled = Object.fromEntries(versions.map((one) => [one.version, one.handled]));
    expect(handled).toMatchObject({ '2.0.0': 60, '3.0.0': 50, '4.0.0': 0 });
  });

  test('of what is not there is refused', async () => {
    await expect(code.server.rollback('other')).rejects.toMatchObject({ code: 'unknown_module' });
  });
});

describe('a dry run', () => {
  test('tries codeChange on copies and changes nothing', async () => {
    code.service('echo', '1.0.0');
    await code.load('echo');
    for (const [i, instance] of code.host.spawn('echo', 30).entries()) instance.state = { n: i };
    const body =
      "codeChange: (state: any) => { if (state.n > 27) throw new Error('too high'); delete state.n; state.list = []; return state; },";
    code.service('echo', '2.0.0', body);
    const { dryRunReport, ...operation } = await code.load('echo', { dryRun: true });
    expect(operation).toMatchObject({ phase: 'checked', reason: '28 would move, 2 would throw: too high' });
    expect(dryRunReport).toEqual({
      instances: 30,
      tried: 30,
      wouldMove: 28,
      wouldThrow: 2,
      errors: ['too high'],
      shapes: [{ before: '{ n: number }', after: '{ list: array }', count: 28 }],
    });
    expect(code.host.of('echo')[3]!.state).toEqual({ n: 3 });
    expect(code.host.versionsOf('echo')).toEqual({ '1.0.0': 30 });
    expect(await code.load('echo')).toMatchObject({ phase: 'rolled_back' });
  });

  test('of a new module says that it would be started', async () => {
    code.service('echo', '1.0.0');
    expect(await code.load('echo', { dryRun: true })).toMatchObject({
      phase: 'checked',
      reason: 'echo is new: it would be started',
    });
    expect(code.host.units.size).toBe(0);
  });
});
