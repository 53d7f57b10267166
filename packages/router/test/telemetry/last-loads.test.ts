import { expect, test } from '@jest/globals';
import type { CodeEvent, ModuleInfo, VersionInfo } from '@mailbeam/code';
import { LastLoads } from '../../src/telemetry/last-loads.js';

const event = (what: CodeEvent['event'], version: string, at: number, from?: string): CodeEvent => ({
  ...{ event: what, at, version, name: 'echo', text: '', level: 'info', ...(from !== undefined && { from }) },
});

const version = (name: string, builtIn: boolean, liveSince: number): VersionInfo => ({
  ...{ version: name, status: 'live', builtIn, instances: 0, loadedAt: 1, by: '', liveSince },
  ...{ handled: 0, crashes: 0, rejects: 0 },
});

const module = (name: string, live: VersionInfo): ModuleInfo => ({
  ...{ kind: 'service', name, live: live.version, file: '', drift: 'same', versions: [live] },
});

test('the last load of a module is when its code began to move, or went back', () => {
  const loads = new LastLoads();
  expect(loads.of('echo')).toBeNull();
  loads.note(event('load', '2', 10));
  loads.note(event('moving', '2', 11));
  loads.note(event('kept', '2', 50));
  expect(loads.of('echo')).toEqual({ module: 'echo', version: '2', at: 11 });
  loads.note(event('rolled_back', '2', 60, '1'));
  expect(loads.of('echo')).toEqual({ module: 'echo', version: '1', at: 60 });
});

test('the last load of a module that has its first version is when it was live', () => {
  const loads = new LastLoads();
  loads.note(event('load', '1', 10));
  loads.note(event('kept', '1', 12));
  expect(loads.of('echo')).toEqual({ module: 'echo', version: '1', at: 12 });
});

test('of code that has never changed the last load of any is suspect', () => {
  const loads = new LastLoads();
  expect(loads.of('session')).toBeNull();
  loads.note({ ...event('kept', '1', 12), name: 'filter' });
  loads.note(event('kept', '1', 10));
  expect(loads.of('session')).toEqual({ module: 'filter', version: '1', at: 12 });
  expect(loads.of(null)).toMatchObject({ module: 'filter' });
  expect(loads.of('echo')).toMatchObject({ module: 'echo' });
});

test('what was loaded before the node started is known from what is live; what is built in was never loaded', () => {
  const loads = new LastLoads();
  loads.begin([module('echo', version('3', false, 5)), module('session', version('1', true, 5))]);
  expect(loads.of('echo')).toEqual({ module: 'echo', version: '3', at: 5 });
  expect(loads.of('session')).toMatchObject({ module: 'echo' });
});
