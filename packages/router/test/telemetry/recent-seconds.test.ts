import { afterEach, expect, test } from '@jest/globals';
import { nodeFigures } from '../../src/telemetry/node-figures.js';
import { RecentSeconds } from '../../src/telemetry/recent-seconds.js';
import { MeasuredNode } from './measured-node.js';

let measured: MeasuredNode;
afterEach(() => measured.close());

test('a second says what waits, comes and goes, and what the node costs', async () => {
  measured = await MeasuredNode.start();
  const { node, telemetry } = measured;
  let cpuMs = 0;
  const recent = new RecentSeconds({
    telemetry,
    figures: () => nodeFigures(node.core, 2, '0'),
    wall: () => node.clock.wall,
    mono: () => node.clock.mono,
    usage: () => ({ cpuMs: (cpuMs += 250), residentBytes: 1_024 }),
  });
  const ann = await node.login('ann');
  await node.login('bob');
  for (let cid = 1; cid <= 30; cid++) ann.send1(cid, cid <= 20 ? 'bob' : 'cid');
  await measured.pass(1);
  recent.note();
  await measured.pass(2);
  recent.note();
  const { columns, at, last } = recent.after(0);
  expect(last).toBe(2);
  expect(at[1]! - at[0]!).toBe(2_000);
  expect(columns).toMatchObject({
    'depth.session': [20, 20],
    'depth.away': [10, 10],
    in: [30, 0],
    out: [0, 0],
    accepted: [30, 0],
    connections: [2, 2],
    pending: [30, 30],
    cpu: [0.25, 0.125],
    resident: [1_024, 1_024],
    'deliver.p99': [expect.any(Number), null],
  });
});
