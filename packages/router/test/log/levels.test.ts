import { expect, test } from '@jest/globals';
import { Logs } from '../../src/log/levels.js';
import type { AreaLevels } from '../../src/log/levels.js';
import { logAreas, rootLog } from '../../src/log/log.js';

/** Logs whose lines and timers a test has in its hands. */
function openLogs(before?: AreaLevels): {
  logs: Logs;
  lines: Record<string, unknown>[];
  pass: (ms: number) => void;
  told: AreaLevels[];
} {
  const lines: Record<string, unknown>[] = [];
  const root = rootLog({ write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  let now = 0;
  let timers: { at: number; fn: () => void }[] = [];
  const told: AreaLevels[] = [];
  const logs = new Logs(root, 'info', {
    before,
    onChange: (levels) => void told.push(levels),
    clock: {
      wall: () => 1_000_000 + now,
      after: (ms, fn) => {
        const timer = { at: now + ms, fn };
        timers.push(timer);
        return () => void (timers = timers.filter((other) => other !== timer));
      },
    },
  });
  const pass = (ms: number): void => {
    now += ms;
    for (const timer of timers.filter(({ at }) => at <= now)) {
      timers = timers.filter((other) => other !== timer);
      timer.fn();
    }
  };
  return { logs, lines, pass, told };
}

test('every area writes from the configured level on, and says which it is', () => {
  const { logs, lines } = openLogs();
  for (const area of logAreas) {
    logs.of(area).debug('not this');
    logs.of(area).info('this');
  }
  expect(lines.map(({ area, msg }) => [area, msg])).toEqual(logAreas.map((area) => [area, 'this']));
});

test('a level of one area leaves the others alone', () => {
  const { logs, lines } = openLogs();
  logs.set('trace', 'clients', null);
  logs.of('clients').trace('seen');
  logs.of('node').debug('not seen');
  logs.set('error', 'node', null);
  logs.of('node').warn('not seen either');
  expect(lines.map(({ msg }) => msg)).toEqual(['seen']);
});

test('a level for a time goes back by itself to what was usual, also when it was set twice', () => {
  const { logs, pass } = openLogs();
  logs.set('warn', 'code', null);
  logs.set('debug', null, 10_000);
  expect(logs.levels.code).toEqual({ level: 'debug', until: 1_010_000, usual: 'warn' });
  pass(5_000);
  logs.set('trace', null, 10_000);
  pass(6_000);
  expect(logs.levels.code).toEqual({ level: 'trace', until: 1_015_000, usual: 'warn' });
  pass(4_000);
  expect(logs.levels.code).toEqual({ level: 'warn', until: null, usual: 'warn' });
  expect(logs.levels.node).toEqual({ level: 'info', until: null, usual: 'info' });
});

test('a level that stays ends one for a time', () => {
  const { logs, pass } = openLogs();
  logs.set('debug', 'node', 10_000);
  logs.set('error', 'node', null);
  pass(20_000);
  expect(logs.levels.node).toEqual({ level: 'error', until: null, usual: 'error' });
});

test('what an operator set goes on in the node after one that died, each for the rest of its time', () => {
  const { logs, told } = openLogs();
  logs.set('warn', 'code', null);
  logs.set('debug', 'clients', 10_000);
  logs.set('trace', 'node', 20_000);
  const left = told.at(-1)!;
  expect(left).toEqual(logs.levels);
  const next = openLogs(left); // begins at the time at which these were set
  expect(next.logs.levels).toEqual(left);
  next.pass(10_000);
  expect(next.logs.levels).toMatchObject({
    code: { level: 'warn', until: null, usual: 'warn' },
    clients: { level: 'info', until: null },
    node: { level: 'trace', until: 1_020_000 },
  });
  const late = openLogs({ ...left, clients: { level: 'debug', usual: 'error', until: 1_000_000 } });
  expect(late.logs.levels.clients).toEqual({ level: 'error', until: null, usual: 'error' });
  expect([next.told, late.told]).toEqual([[], []]);
});
