import { describe, expect, test } from '@jest/globals';
import { defineBehaviour, type ExitReason, type Self } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';

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

async function end(where: Where, stop: (self: Self<string>) => void): Promise<ExitReason[]> {
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
  return terminated;
}
