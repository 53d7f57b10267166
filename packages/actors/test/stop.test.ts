import { describe, expect, test } from '@jest/globals';
import { defineBehaviour, type ExitReason, type Self } from '../src/index.js';
import { createTestSystem, type TestSystem } from '../src/test-kit.js';

type Where = 'init' | 'handler' | 'async handler' | 'after an await' | 'call' | 'info' | 'change of code' | 'hibernate';

const terminated: ExitReason[] = [];

/** Stops itself in the callback that its argument names. */
function stopping(where: Where, stop: (self: Self<string>) => void) {
  return defineBehaviour<undefined, { asleep: boolean }, string>({
    name: 'stopping',
    version: '1',
    init(_arg, self) {
      if (where === 'init') stop(self);
      return { asleep: false };
    },
    handleMessage(_message, _state, self) {
      if (where === 'handler') stop(self);
      if (where === 'hibernate') self.hibernate();
      if (where === 'info') self.startTimer(1, 'tag');
      if (where === 'async handler') return stopLater(self, false, stop);
      if (where === 'after an await') return stopLater(self, true, stop);
      return undefined;
    },
    handleCall: (_request, _state, self) => (where === 'call' ? stop(self) : undefined),
    handleInfo: (_info, _state, self) => (where === 'info' ? stop(self) : undefined),
    codeChange(state, _from, self) {
      if (where === 'change of code') stop(self);
      return state as { asleep: boolean };
    },
    hibernate(_state, self) {
      stop(self);
      return { asleep: true };
    },
    wake: () => ({ asleep: false }),
    terminate: (reason) => void terminated.push(reason),
  });
}

async function stopLater(self: Self<string>, isAfter: boolean, stop: (self: Self<string>) => void): Promise<void> {
  if (isAfter) await Promise.resolve();
  stop(self);
}

const places: Where[] = [
  'init',
  'handler',
  'async handler',
  'after an await',
  'call',
  'info',
  'change of code',
  'hibernate',
];

describe('self.stop ends the actor after the callback, by way of terminate', () => {
  test.each(places)('in %s, without a reason: normal', async (where) => {
    expect(await end(where, (self) => self.stop())).toEqual(['normal']);
  });

  test.each(places)('in %s, with a reason, and with a monitor on somebody else', async (where) => {
    expect(
      await end(where, (self) => {
        self.monitor('nobody');
        self.stop('shutdown');
      }),
    ).toEqual(['shutdown']);
  });
});

describe('the crash report of self.stop with a reason that is not planned', () => {
  const broken = (self: Self<string>): void => self.stop('broken');

  test.each<[Where, string | undefined]>([
    ['init', undefined],
    ['handler', 'string(2)'],
    ['async handler', 'string(2)'],
    ['after an await', 'string(2)'],
    ['call', 'call string(2)'],
    ['info', 'TIMEOUT'],
    ['change of code', undefined],
    ['hibernate', undefined],
  ])('in %s has the message in hand: %s', async (where, lastMessage) => {
    const { crashes } = await run(where, broken);
    expect(crashes).toMatchObject([{ reason: 'broken', phase: 'handler' }]);
    expect(crashes[0]?.lastMessage).toBe(lastMessage);
  });

  test('has the info of the control lane that a trapping actor stopped at', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(
      { ...stopping('info', broken), init: (_arg, self) => (self.trapExit(true), { asleep: false }) },
      undefined,
    );
    kit.system.exit(pid, 'go');
    kit.run();
    expect(kit.crashes).toMatchObject([{ reason: 'broken', lastMessage: 'EXIT' }]);
  });

  test('has the message after which it stopped, not one that came before it in the slot', () => {
    const kit = createTestSystem();
    const behaviour = defineBehaviour<undefined, null, string>({
      name: 'third',
      version: '1',
      init: () => null,
      handleMessage: (message, _state, self) => (message === 'long' ? self.stop('broken') : undefined),
    });
    const pid = kit.system.spawn(behaviour, undefined);
    for (const message of ['a', 'b', 'long', 'd']) kit.system.send(pid, message);
    kit.run();
    expect(kit.crashes).toMatchObject([{ lastMessage: 'string(4)', depth: 1 }]);
  });
});

async function end(where: Where, stop: (self: Self<string>) => void): Promise<ExitReason[]> {
  await run(where, stop);
  return terminated;
}

async function run(where: Where, stop: (self: Self<string>) => void): Promise<TestSystem> {
  terminated.length = 0;
  const kit = createTestSystem();
  const behaviour = stopping(where, stop);
  const pid = kit.system.spawn(behaviour, undefined);
  kit.system.send(pid, 'go');
  if (where === 'call') void kit.system.call(pid, 'go');
  await kit.advanceAsync(10);
  if (where === 'change of code') void kit.system.changeCode(pid, { ...behaviour, version: '2' });
  await kit.advanceAsync(10);
  expect(kit.system.isAlive(pid)).toBe(false);
  return kit;
}
