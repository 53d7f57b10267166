import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSystem, defineBehaviour } from '@mailbeam/actors';
import type { ActorSystem } from '@mailbeam/actors';
import { ActorWatch } from '../../src/actors/actor-watch.js';
import { RestartCounts } from '../../src/actors/restart-counts.js';
import { MailboxStatistics } from '../../src/statistics/mailbox-statistics.js';

const sink = defineBehaviour<null, null, number>({
  name: 'sink',
  version: '1',
  init: () => null,
  handleMessage: () => undefined,
});

describe('an actor whose mailbox gets long', () => {
  let now = 1_000;
  let system: ActorSystem;
  let statistics: MailboxStatistics;
  let watch: ActorWatch;

  beforeEach(() => {
    now = 1_000;
    system = createSystem({ now: () => now, schedule: () => undefined });
    statistics = new MailboxStatistics(now);
    watch = new ActorWatch(system, statistics);
  });

  afterEach(async () => {
    watch.close();
    const stopped = system.stop();
    system.runTurn();
    await stopped;
  });

  function pass(ms: number): void {
    now += ms;
    statistics.turn(now);
    watch.tick();
    statistics.settle();
  }

  test('is in the statistics of its class, until it has been empty for a minute', () => {
    const pid = system.spawn(sink, null, { name: 'bank', class: 'service' });
    for (let i = 0; i < 200; i++) system.send(pid, i);
    pass(250);
    const [slot] = statistics.of('service').deepest.top(1);
    expect(statistics.reading(slot!)).toMatchObject({ name: `#${system.info(pid)!.id} bank`, depth: 200 });
    expect(watch.infoOf(`#${system.info(pid)!.id} bank`)?.behaviour).toBe('sink');
    system.runTurn();
    pass(250);
    expect(statistics.of('service').depth).toBe(0);
    expect(watch.watched).toBe(1);
    pass(61_000);
    expect([watch.watched, statistics.slots]).toEqual([0, 0]);
  });

  test('gets a slot again when its own was given back while it was quiet', () => {
    watch.close();
    statistics = new MailboxStatistics(now, { quietMs: 1_000 });
    watch = new ActorWatch(system, statistics);
    const pid = system.spawn(sink, null);
    const fill = (): void => {
      for (let i = 0; i < 200; i++) system.send(pid, i);
      pass(250);
    };
    fill();
    system.runTurn();
    pass(250);
    pass(2_000);
    statistics.sweep();
    expect(statistics.slots).toBe(0);
    fill();
    expect([statistics.of('system').depth, statistics.slots]).toEqual([200, 1]);
  });

  test('is forgotten when it ends', () => {
    const pid = system.spawn(sink, null, { class: 'session' });
    for (let i = 0; i < 200; i++) system.send(pid, i);
    pass(250);
    expect(statistics.of('system').depth).toBe(200);
    system.exit(pid, 'kill');
    pass(250);
    expect([statistics.of('system').depth, watch.watched, statistics.slots]).toEqual([0, 0, 0]);
  });

  test('costs nothing while few messages wait', () => {
    const pid = system.spawn(sink, null);
    for (let i = 0; i < 10; i++) system.send(pid, i);
    pass(250);
    expect([watch.watched, statistics.slots]).toEqual([0, 0]);
  });
});

test('restarts are counted by version, in all and in the last minute', () => {
  const counts = new RestartCounts();
  for (let i = 0; i < 10; i++) counts.restarted('echo', '1', 1_000 + i * 10_000);
  counts.restarted('echo', '2', 100_000);
  expect(counts.counts(100_000)).toEqual([
    { behaviour: 'echo', version: '1', total: 10, perMinute: 5 },
    { behaviour: 'echo', version: '2', total: 1, perMinute: 1 },
  ]);
  expect(counts.counts(1_000_000).map(({ perMinute }) => perMinute)).toEqual([0, 0]);
});

test('more versions than can be told apart are counted together', () => {
  const counts = new RestartCounts();
  for (let i = 0; i < 600; i++) counts.restarted('echo', `${i}`, 1_000);
  const all = counts.counts(1_000);
  expect(all.length).toBe(501);
  expect(all.at(-1)).toMatchObject({ behaviour: 'other', total: 100 });
});
