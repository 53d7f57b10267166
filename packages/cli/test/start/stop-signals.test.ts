import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { StopSignals } from '../../src/start/stop-signals.js';

let calls: string[];
let now: number;
let signals: StopSignals;

beforeEach(() => {
  calls = [];
  now = 0;
  const target = { drain: () => void calls.push('drain'), kill: () => void calls.push('kill') };
  signals = new StopSignals(
    target,
    (signal) => void calls.push(`first ${signal}`),
    () => now,
  );
});

afterEach(() => {
  signals.release();
});

describe('the signals of a parent', () => {
  test('drain at the first and kill at the second', () => {
    signals.onSignal('SIGTERM');
    expect(calls).toEqual(['first SIGTERM', 'drain']);
    signals.onSignal('SIGTERM');
    expect(calls).toEqual(['first SIGTERM', 'drain', 'kill']);
    expect(signals.last).toBe('SIGTERM');
  });

  test('take a SIGINT that comes twice at once for one press of Ctrl-C', () => {
    signals.onSignal('SIGINT');
    now = 249;
    signals.onSignal('SIGINT');
    expect(calls).not.toContain('kill');
    now = 250;
    signals.onSignal('SIGINT');
    expect(calls).toContain('kill');
  });

  test('take a SIGTERM after a SIGINT for a second wish, however soon', () => {
    signals.onSignal('SIGINT');
    signals.onSignal('SIGTERM');
    expect(calls).toContain('kill');
    expect(signals.last).toBe('SIGTERM');
  });
});
