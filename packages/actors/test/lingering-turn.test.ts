import { describe, expect, test } from '@jest/globals';
import { createSystem, defineBehaviour, type ActorSystem, type Pid } from '../src/index.js';

const echo = defineBehaviour<undefined, null, never>({
  name: 'echo',
  version: '1',
  init: () => null,
  handleMessage: () => undefined,
  handleCall: (request, _state, self, from) => void self.reply(from, request),
});

const mute = defineBehaviour<undefined, null, never>({ ...echo, name: 'mute', handleCall: () => undefined });

interface Errand {
  readonly to: Pid;
  readonly calls: number;
  readonly done: (turns: number) => void;
}

/** Makes so many awaited calls, one after the other, and says how many turns they took. */
const caller = defineBehaviour<undefined, null, Errand>({
  name: 'caller',
  version: '1',
  init: () => null,
  async handleMessage({ to, calls, done }, _state, self) {
    const before = self.system.counters.turns;
    for (let n = 0; n < calls; n += 1) expect(await self.call(to, n)).toBe(n);
    done(self.system.counters.turns - before);
  },
});

function turnsOf(system: ActorSystem, calls: number): Promise<number> {
  const to = system.spawn(echo, undefined);
  const from = system.spawn(caller, undefined);
  return new Promise((done) => system.send(from, { to, calls, done }));
}

/** Time stands still, so that a turn's budget is its reductions. */
const still = { now: () => 1_000, scheduleLater: () => ({ cancel: () => undefined }) };

describe('a turn in which awaited calls are answered', () => {
  test('lasts while their callers go on: a hundred calls take no turn more', async () => {
    const system = createSystem({ ...still });
    expect(await turnsOf(system, 100)).toBe(0);
  });

  test('serves callers outside of actors too, through promises that wrap the call', async () => {
    const system = createSystem({ ...still });
    const to = system.spawn(echo, undefined);
    const wrapped = async (n: number): Promise<unknown> => system.call(to, n);
    await wrapped(0);
    const before = system.counters.turns;
    for (let n = 1; n <= 20; n += 1) expect(await wrapped(n)).toBe(n);
    expect(system.counters.turns).toBe(before);
  });

  test('ends when its reductions are spent, so that calls without end do not hold the loop', async () => {
    const system = createSystem({ ...still, reductionsPerTurn: 10 });
    expect(await turnsOf(system, 100)).toBeGreaterThanOrEqual(9);
  });

  test('ends when its time is spent', async () => {
    let now = 0;
    const system = createSystem({ ...still, now: () => (now += 1), turnBudgetMs: 2, reductionsPerSlot: 1 });
    expect(await turnsOf(system, 100)).toBeGreaterThan(10);
  });

  test('calls the hooks once, the last ones when all has been done', async () => {
    const system = createSystem({ ...still });
    const heard: string[] = [];
    system.onTurnStart(() => heard.push('start'));
    const ended = new Promise<void>((resolve) => {
      system.onTurnEnd(() => {
        heard.push('end');
        resolve();
      });
    });
    void turnsOf(system, 50).then(() => heard.push('done'));
    await ended;
    expect(heard).toEqual(['start', 'done', 'end']);
  });

  test('does not last in the hands of a host that drives the turns itself', async () => {
    let run: (() => void) | null = null;
    const system = createSystem({ ...still, schedule: (given) => void (run = given) });
    const answer = system.call(system.spawn(echo, undefined), 1);
    let hasEnded = false;
    system.onTurnEnd(() => void (hasEnded = true));
    run!();
    expect(hasEnded).toBe(true);
    expect(await answer).toBe(1);
  });
});

describe('the timer of a call', () => {
  test('is not set at all when the answer comes in the same turn', async () => {
    const system = createSystem({ ...still });
    const to = system.spawn(echo, undefined);
    const during: number[] = [];
    const asking = defineBehaviour<undefined, null, () => void>({
      name: 'asking',
      version: '1',
      init: () => null,
      handleMessage: (_done, _state, self) => void self.sendRequest(to, 1),
      handleInfo: (_reply, _state, self) => void during.push(self.system.nextTimerAt),
    });
    const ended = new Promise<void>((resolve) => system.onTurnEnd(resolve));
    system.send(system.spawn(asking, undefined), () => undefined);
    await ended;
    expect(during).toEqual([Infinity]);
    expect(system.nextTimerAt).toBe(Infinity);
  });

  test('is set at the end of the turn when none has come, from a reading of the clock then: never early', async () => {
    let now = 0;
    const system = createSystem({ ...still, now: () => now, schedule: () => undefined });
    const to = system.spawn(mute, undefined);
    const reasons: unknown[] = [];
    const asking = defineBehaviour<undefined, null, 'go'>({
      name: 'asking',
      version: '1',
      init: () => null,
      handleMessage(_go, _state, self) {
        self.sendRequest(to, 1, 100);
        now = 7; // a slow handler
      },
      handleInfo: (info) => void reasons.push(info.type === 'REPLY' && !info.ok && info.reason),
    });
    system.send(system.spawn(asking, undefined), 'go');
    system.runTurn();
    expect(system.nextTimerAt).toBe(107);
    now = 106;
    system.runTurn();
    expect(reasons).toEqual([]);
    now = 107;
    system.runTurn();
    expect(reasons).toEqual(['timeout']);
  });
});
