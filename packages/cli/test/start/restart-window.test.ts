import { describe, expect, test } from '@jest/globals';
import { RestartWindow } from '../../src/start/restart-window.js';

const limits = { intensity: 4, periodMs: 1_000, delayMs: 10, maxDelayMs: 30 };

describe('a restart window', () => {
  test('restarts at once the first time, then waits twice as long each time, up to the longest wait', () => {
    const window = new RestartWindow(limits);
    expect([0, 1, 2, 3].map((at) => window.died(at))).toEqual([
      { restart: true, delayMs: 0 },
      { restart: true, delayMs: 10 },
      { restart: true, delayMs: 20 },
      { restart: true, delayMs: 30 },
    ]);
  });

  test('gives up at the death that would make more restarts in a period than the intensity', () => {
    const window = new RestartWindow(limits);
    for (const at of [0, 1, 2, 3]) window.died(at);
    expect(window.died(999)).toEqual({ restart: false });
  });

  test('forgets restarts that are older than the period', () => {
    const window = new RestartWindow(limits);
    for (const at of [0, 1, 2, 3]) window.died(at);
    expect(window.died(1_000)).toEqual({ restart: true, delayMs: 30 });
    expect(window.died(5_000)).toEqual({ restart: true, delayMs: 0 });
  });

  test('with intensity 0 never restarts', () => {
    expect(new RestartWindow({ ...limits, intensity: 0 }).died(0)).toEqual({ restart: false });
  });
});
