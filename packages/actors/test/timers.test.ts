import { describe, expect, test } from '@jest/globals';
import type { TimerRef } from '../src/index.js';
import { Timer, TimerWheel } from '../src/timer-wheel.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder } from './recorder.js';
import { withSeed } from './random.js';

describe('the timer wheel', () => {
  test('fires every timer at its tick, in order, whatever is set and cancelled, against a sorted list', () => {
    withSeed((random) => {
      for (let round = 0; round < 60; round += 1) {
        const wheel = new TimerWheel();
        const fired: [number, number][] = [];
        const model = new Map<number, number>();
        const timers = new Map<number, Timer>();
        let id = 0;
        for (let n = 0; n < 200; n += 1) {
          const span = [3, 300, 70_000, 20_000_000, 6_000_000_000][Math.floor(random() * 5)] as number;
          if (random() < 0.6) {
            id += 1;
            const own = id;
            const timer = new Timer(
              () => {
                fired.push([own, wheel.tick]);
                expect(model.get(own)).toBe(wheel.tick);
                model.delete(own);
              },
              null,
              null,
              null,
            );
            const tick = wheel.tick + 1 + Math.floor(random() * span);
            wheel.add(timer, tick);
            model.set(id, tick);
            timers.set(id, timer);
          } else if (random() < 0.4 && id > 0) {
            const which = 1 + Math.floor(random() * id);
            expect(wheel.remove(timers.get(which) as Timer)).toBe(model.delete(which));
          } else {
            const to = wheel.tick + Math.floor(random() * span);
            const next = Math.min(Infinity, ...model.values());
            expect(wheel.nextTick()).toBeLessThanOrEqual(next);
            wheel.advance(to);
            for (const tick of model.values()) expect(tick).toBeGreaterThan(to);
          }
          expect(wheel.count).toBe(model.size);
        }
        for (let i = 1; i < fired.length; i += 1)
          expect((fired[i] as [number, number])[1]).toBeGreaterThanOrEqual((fired[i - 1] as [number, number])[1]);
      }
    });
  });

  test('jumps over a year without timers nearby at once', () => {
    const wheel = new TimerWheel();
    let at = 0;
    const year = 31_536_000_000;
    wheel.add(new Timer(() => void (at = wheel.tick), null, null, null), year);
    const began = performance.now();
    wheel.advance(year + 5);
    expect(at).toBe(year);
    expect(performance.now() - began).toBeLessThan(10_000); // tick by tick it would be minutes
  });

  test('a timer that a firing one sets for now waits for the next tick', () => {
    const wheel = new TimerWheel();
    const fired: number[] = [];
    wheel.add(
      new Timer(() => wheel.add(new Timer(() => void fired.push(wheel.tick), null, null, null), 0), null, null, null),
      5,
    );
    wheel.advance(5);
    expect(fired).toEqual([]);
    wheel.advance(6);
    expect(fired).toEqual([6]);
  });

  test('a timer that another one of the same tick cancels does not fire', () => {
    const wheel = new TimerWheel();
    const second = new Timer(
      () => {
        throw new Error('fired');
      },
      null,
      null,
      null,
    );
    wheel.add(new Timer(() => void wheel.remove(second), null, null, null), 5);
    wheel.add(second, 5);
    wheel.advance(9);
    expect(wheel.count).toBe(0);
  });
});

describe('timers of actors', () => {
  function actor() {
    const kit = createTestSystem();
    const log: string[] = [];
    const pid = kit.system.spawn(recorder, { log });
    return { kit, log, pid };
  }

  test('sendAfter sends at its time, not before; those of one moment in the order they were set', () => {
    const { kit, log, pid } = actor();
    kit.system.send(pid, (self) => {
      self.sendAfter(100, () => void log.push('b'));
      self.sendAfter(100, () => void log.push('c'));
      self.sendAfter(50, () => void log.push('a'));
    });
    kit.advance(49);
    expect(log).toEqual(['init']);
    kit.advance(50);
    expect(log).toEqual(['init', 'a']);
    kit.advance(1);
    expect(log).toEqual(['init', 'a', 'b', 'c']);
  });

  test('startTimer brings a Timeout with its tag', () => {
    const { kit, log, pid } = actor();
    kit.system.send(pid, (self) => void self.startTimer(5, 'tag'));
    kit.advance(5);
    expect(log).toEqual(['init', 'TIMEOUT tag']);
  });

  test('cancelTimer says how long was left, and false the second time', () => {
    const { kit, log, pid } = actor();
    let timer: TimerRef | undefined;
    kit.system.send(pid, (self) => void (timer = self.sendAfter(100, () => void log.push('x'))));
    kit.advance(30);
    expect(kit.system.cancelTimer(timer as TimerRef)).toBe(70);
    expect(kit.system.cancelTimer(timer as TimerRef)).toBe(false);
    kit.advance(1_000);
    expect(log).toEqual(['init']);
  });

  test('end with who set them, and nothing is left in the wheel', () => {
    const { kit, pid } = actor();
    const other = kit.probe();
    kit.system.send(pid, (self) => {
      for (let i = 1; i < 100; i += 1) self.sendAfter(i * 1_000, 'late', other.pid);
    });
    kit.advance(1_500);
    kit.system.exit(pid, 'kill');
    kit.advance(1_000_000);
    expect(other.messages).toEqual(['late']);
    expect(kit.system.nextTimerAt).toBe(Infinity);
  });

  test('survive a change of code', async () => {
    const { kit, log, pid } = actor();
    kit.system.send(pid, (self) => void self.sendAfter(10, () => void log.push('tick')));
    kit.run();
    await kit.system.changeCode(pid, { ...recorder, version: '2' });
    kit.advance(10);
    expect(log).toContain('tick');
  });
});
