import { describe, expect, test } from '@jest/globals';
import { Sweep } from '../src/sweep.js';
import type { SweepOptions } from '../src/sweep.js';
import type { Version } from '../src/version.js';
import { VersionStats } from '../src/version-stats.js';
import { FakeHost } from './fake-host.js';
import type { TestModule } from './fake-host.js';
import { TestClock, turn } from './test-clock.js';

const versionOf = (version: string, module: TestModule = {}): Version => ({
  ...{ kind: 'service', name: 'echo', version, module, bundle: '', stats: new VersionStats() },
});

function arrange(n: number, more: Partial<SweepOptions> = {}, next: TestModule = {}) {
  const host = new FakeHost();
  const clock = new TestClock();
  const from = versionOf('1');
  const to = versionOf('2', next);
  let chosen = from;
  const choose = (): Version => chosen;
  host.start({ kind: 'service', name: 'echo', choose });
  host.spawn('echo', n);
  chosen = to;
  const progress: number[] = [];
  const abort = new AbortController();
  const sweep = new Sweep({
    ...{ host, name: 'echo', choose, clock, sliceMs: 2, sliceMoves: 100, timeoutMs: 10_000, mostFailed: 0 },
    ...{ signal: abort.signal, onProgress: (moved) => void progress.push(moved) },
    ...more,
  });
  return { host, clock, sweep, progress, abort };
}

describe('a sweep', () => {
  test('moves at most so many in one turn of the event loop', async () => {
    const { sweep, progress } = arrange(1_000);
    expect(await sweep.run()).toBe('done');
    expect(progress.slice(0, 10)).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
  });

  test('takes no more than its time of one turn', async () => {
    let readings = 0;
    const clock = Object.assign(new TestClock(), { mono: () => readings++ });
    const { sweep, progress } = arrange(320, { clock, timeoutMs: 1e9 });
    expect(await sweep.run()).toBe('done');
    expect(progress[0]).toBeLessThanOrEqual(48);
  });

  test('finds those that start while it goes on, too', async () => {
    const { host, sweep } = arrange(500);
    const running = sweep.run();
    host.spawn('echo', 100, 'late-');
    expect(await running).toBe('done');
    expect(host.versionsOf('echo')).toEqual({ '2': 600 });
  });

  test('gives up on those that do not come between two messages', async () => {
    const { host, clock, sweep } = arrange(3);
    host.of('echo')[1]!.busy();
    const running = sweep.run();
    await clock.advance(10_000);
    expect(await running).toBe('timeout');
    expect(host.versionsOf('echo')).toEqual({ '1': 1, '2': 2 });
  });

  test('stops at the first that throws, in the middle of a slice', async () => {
    const next = {
      codeChange: () => {
        throw new Error('no');
      },
    };
    const { sweep } = arrange(1_000, {}, next);
    expect(await sweep.run()).toBe('failed');
    expect(sweep).toMatchObject({ moved: 0, failed: 1, error: { message: 'no' } });
  });

  test('that is aborted ends between two slices, or while it waits', async () => {
    const { sweep, abort, host } = arrange(1_000);
    const running = sweep.run();
    abort.abort();
    expect(await running).toBe('aborted');
    expect(host.versionsOf('echo')['1']).toBe(900);
    const waiting = arrange(1);
    waiting.host.of('echo')[0]!.busy();
    const ended = waiting.sweep.run();
    await turn();
    waiting.abort.abort();
    expect(await ended).toBe('aborted');
  });

  test('restarts each of those that throw once, and waits for them', async () => {
    const next = {
      codeChange: () => {
        throw new Error('no');
      },
    };
    const { sweep, host, clock } = arrange(10, { restart: 'when_it_throws' }, next);
    const running = sweep.run();
    await clock.advance(1_000);
    expect(await running).toBe('done');
    expect(host.of('echo').map(({ restarts }) => restarts)).toEqual(new Array(10).fill(1));
  });
});
