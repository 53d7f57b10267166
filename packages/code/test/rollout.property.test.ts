import { afterEach, expect, test } from '@jest/globals';
import { Random } from './random.js';
import { ServerFixture } from './server-fixture.js';

/* Random sequences of loads, canaries, rollbacks, deaths, and instances that come, go and are busy, against a real server. */

const random = new Random();
const STEPS = 60;
let code: ServerFixture;
afterEach(() => code.close());

/** How codeChange of a new version is: missing, good, or throwing for some states. */
const changes = [
  '',
  'codeChange: (state: { n: number }) => state,',
  "codeChange: (state: { n: number }) => { if (state.n % 5 === 4) throw new Error('five'); return state; },",
];

test(`at most two versions have instances, and in the end all run the live one (SEED=${random.seed})`, async () => {
  code = await new ServerFixture({ gateMs: 0, gateMinHandled: 1, gateExtensions: 0 }).open();
  let version = 0;
  let spawned = 0;
  const settle: (() => void)[] = [];
  const check = (): void => {
    if (!code.host.units.has('m')) return;
    const unit = code.host.units.get('m')!;
    const versions = Object.keys(code.host.versionsOf('m'));
    expect(versions.length).toBeLessThanOrEqual(2);
    const chosen = new Set(['a', 'b', 'c', 'd'].map((key) => unit.choose(key).version));
    expect(new Set([...versions, ...chosen]).size).toBeLessThanOrEqual(2);
  };
  const spawn = (n: number): void => {
    if (!code.host.units.has('m')) return;
    for (const instance of code.host.spawn('m', n, `${spawned++}-`)) instance.state = { n: random.below(100) };
  };
  const perturb = (): void => {
    if (random.chance(0.5)) spawn(1 + random.below(5));
    const instances = code.host.of('m');
    if (instances.length === 0) return;
    const one = instances[random.below(instances.length)]!;
    const happens = random.below(5);
    if (happens === 0) code.host.end('m', one.key);
    else if (happens === 1) settle.push(one.busy());
    one.handle('x');
    if (random.chance(0.7)) settle.splice(0).forEach((fn) => fn());
    check();
  };
  /** Until it has ended; something happens at each change of it. */
  const follow = async (id: string): Promise<void> => {
    for (let now = code.server.operation(id); !now.ended;) {
      perturb();
      settle.splice(0).forEach((fn) => fn());
      now = await code.server.awaitOperation(id, now.seq, 1_000);
    }
    const unit = code.host.units.get('m');
    check();
    for (const { version: runs } of code.host.of('m')) expect(runs).toBe(unit!.choose('any'));
  };

  for (let step = 0; step < STEPS; step++) {
    spawn(20);
    const what = random.below(10);
    if (what === 0 && code.host.units.has('m')) {
      const begun = await code.server.rollback('m').catch(() => undefined);
      if (begun !== undefined) await follow(begun.id);
    } else {
      code.service('m', String(++version), changes[random.below(3)]);
      const canary = random.chance(0.5) ? 100 : 1 + random.below(99);
      const { id } = await code.server.load('m', { canary, gateMs: random.chance(0.7) ? 0 : 1 });
      if (what === 1) {
        const cut = random.below(8);
        for (let now = code.server.operation(id), n = 0; n < cut && !now.ended; n++)
          now = await code.server.awaitOperation(id, now.seq, 1_000);
        await code.server.close();
        settle.splice(0).forEach((fn) => fn());
        await code.open({ ended: random.chance(0.5) ? 'died' : 'clean' });
        for (const operation of code.server.operations()) await follow(operation.id);
      } else await follow(id);
    }
  }
  expect(code.texts('not_started')).toEqual([]);
}, 60_000);
