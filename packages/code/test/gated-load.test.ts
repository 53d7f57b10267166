import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Random } from './random.js';
import { ServerFixture } from './server-fixture.js';
import { TestClock, turn } from './test-clock.js';

const random = new Random();
let clock: TestClock;
let code: ServerFixture;

beforeEach(async () => {
  clock = new TestClock();
  code = await new ServerFixture({ clock, gateMs: 30_000 }).open();
  code.service('echo', '1.0.0');
  await code.load('echo', { gateMs: 0 });
  code.host.spawn('echo', 1_000);
});
afterEach(() => code.close());

/** 4,000 messages a second to instances at random; `crash` is the share that version 2 throws at. */
async function traffic(ms: number, crash: number): Promise<void> {
  const instances = code.host.of('echo');
  for (let at = 0; at < ms; at += 250) {
    for (let i = 0; i < 1_000; i++) {
      const { stats, version } = instances[random.below(instances.length)]!.version;
      stats.handled++;
      stats.times[40]!++;
      if (version === '2.0.0' && random.chance(crash)) stats.crashes++;
    }
    await clock.advance(250);
  }
}

/** Begins a load of version 2 and brings it to its gate. */
async function toGate(canary: number): Promise<string> {
  code.service('echo', '2.0.0');
  const { id } = await code.server.load('echo', { canary });
  while (code.server.operation(id).phase !== 'gating') await turn();
  return id;
}

describe('a load with a gate', () => {
  test('goes back within 10 s when the canary throws, and touched nobody else', async () => {
    const id = await toGate(5);
    const canary = code.host.versionsOf('echo')['2.0.0']!;
    const before = clock.mono();
    while (code.server.operation(id).phase === 'gating') await traffic(250, 0.01);
    // what follows waits for the disk, whose time is not the clock's
    expect(clock.mono() - before).toBeLessThanOrEqual(10_000);
    while (!code.server.operation(id).ended) await traffic(250, 0.01);
    const operation = code.server.operation(id);
    expect(operation).toMatchObject({ phase: 'rolled_back', moved: canary, problem: { code: 'gate_failed' } });
    expect(operation.reason).toMatch(/^the new version is worse than the old one: crash rate .+ against 0 % \(0 of /);
    expect(code.host.versionsOf('echo')).toEqual({ '1.0.0': 1_000 });
    expect(code.texts('rolled_back')[0]).toMatch(/^echo 2\.0\.0 went back to 1\.0\.0: /);
  });

  test('moves the rest when the canary was no worse for its time', async () => {
    const id = await toGate(5);
    await traffic(29_500, 0);
    expect(code.server.operation(id).phase).toBe('gating');
    await traffic(1_000, 0);
    expect(await code.server.ended(id)).toMatchObject({ phase: 'kept', moved: 1_000 });
    expect(code.server.operation(id).reason).toMatch(/^no worse in [\d,]+ handlings$/);
    expect(code.host.versionsOf('echo')).toEqual({ '2.0.0': 1_000 });
  });

  test('for all at once compares with the time before', async () => {
    await traffic(30_000, 0);
    const id = await toGate(100);
    while (!code.server.operation(id).ended) await traffic(250, 0.01);
    expect(code.server.operation(id)).toMatchObject({ phase: 'rolled_back', moved: 1_000 });
    expect(code.server.operation(id).reason).toMatch(/crash rate .+ against 0 % \(0 of 1[12]\d,\d{3}\)$/);
    expect(code.host.versionsOf('echo')).toEqual({ '1.0.0': 1_000 });
  });

  test('for all at once goes on after a start, with what was noted of the time before', async () => {
    await traffic(30_000, 0);
    const begun = await toGate(100);
    await code.server.close();
    expect(await code.server.ended(begun)).toMatchObject({ phase: 'failed', problem: { code: 'closed' } });
    await code.open({ ended: 'died' });
    code.host.spawn('echo', 1_000);
    expect(code.host.versionsOf('echo')).toEqual({ '2.0.0': 1_000 });
    const { id } = code.server.operations()[0]!;
    while (!code.server.operation(id).ended) await traffic(250, 0.01);
    expect(code.server.operation(id)).toMatchObject({ phase: 'rolled_back', from: '1.0.0' });
    expect(code.host.versionsOf('echo')).toEqual({ '1.0.0': 1_000 });
  });

  test('without traffic extends its gate three times, then keeps the version and says so', async () => {
    const id = await toGate(5);
    await clock.advance(119_000);
    expect(code.server.operation(id).phase).toBe('gating');
    await clock.advance(2_000);
    const { phase, reason } = await code.server.ended(id);
    expect(phase).toBe('kept');
    expect(reason).toMatch(/^too few samples: the new version handled 0, at least 200 are needed; kept all the same$/);
    expect(code.texts('gate')).toHaveLength(4);
  });

  test('with a canary that nobody falls into says so at once', async () => {
    const all = code.host.of('echo').length;
    const id = await toGate(0.001);
    expect(code.server.operation(id).reason).toBe(
      `none of ${all.toLocaleString('en')} falls into the canary: there is nothing to compare yet`,
    );
  });

  test('times every handling while it goes on, and only then', async () => {
    const { stats } = code.host.of('echo')[0]!.version;
    const id = await toGate(5);
    expect(stats.timesAll).toBe(true);
    await traffic(31_000, 0);
    await code.server.ended(id);
    expect([stats.timesAll, code.host.of('echo')[0]!.version.stats.timesAll]).toEqual([false, false]);
  });
});
