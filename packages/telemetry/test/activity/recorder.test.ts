import { chmodSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { activityFile, olderActivityFile } from '../../src/activity/activity-file.js';
import type { Column } from '../../src/activity/column.js';
import { recordBytes } from '../../src/activity/layout.js';
import { readActivity } from '../../src/activity/read-activity.js';
import type { Activity } from '../../src/activity/read-activity.js';
import { Recorder } from '../../src/activity/recorder.js';
import type { RecorderOptions } from '../../src/activity/recorder.js';
import { Random } from '../random.js';
import { TestClock } from '../test-clock.js';
import { temporaryDirectory } from './temporary-directory.js';

/** A machine that counts what a test says. */
interface Counts {
  packets: number;
  messages: number;
  depth: number;
}

const columns: readonly Column<Counts>[] = [
  { name: 'net.packets', unit: '/s', kind: 'counter', read: ({ packets }) => packets },
  { name: 'router.messages', unit: '/s', kind: 'own_counter', read: ({ messages }) => messages },
  { name: 'router.depth', unit: '', kind: 'gauge', read: ({ depth }) => depth },
];

class Recorded {
  readonly clock = new TestClock();
  readonly counts: Counts = { packets: 0, messages: 0, depth: 0 };
  readonly data = temporaryDirectory();
  readonly troubles: unknown[] = [];
  recorder: Recorder<Counts> | undefined;
  #run = 0;

  async start(more: Partial<RecorderOptions<Counts>> = {}): Promise<void> {
    this.#run++;
    const { clock, counts, data } = this;
    this.recorder = new Recorder({
      ...{ data, columns, clock, capacity: 100, run: this.#run, mono: () => clock.wall() },
      sample: () => counts,
      onTrouble: (error) => this.troubles.push(error),
      ...more,
    });
    await this.recorder.opened;
  }

  /** One second in which so much comes. */
  async second(packets: number, messages = packets, depth = 0): Promise<void> {
    this.counts.packets += packets;
    this.counts.messages += messages;
    this.counts.depth = depth;
    this.clock.advance(1_000);
    await this.recorder!.settled;
  }

  async stop(): Promise<void> {
    await this.recorder!.close();
  }
}

/** The values of one column. */
function valuesOf({ columns: all, rows }: Activity, name: string): number[] {
  const place = all.findIndex((column) => column.name === name);
  return rows.map(({ values }) => Math.round(values[place]! * 1_000) / 1_000);
}

async function recordedSeconds(packetsBySecond: readonly number[]): Promise<Activity> {
  const r = new Recorded();
  await r.start();
  for (const packets of packetsBySecond) await r.second(packets);
  await r.stop();
  expect(r.troubles).toEqual([]);
  return readActivity(r.data);
}

test('35 % more in one second is seen in that second, and in no other', async () => {
  const load = new Array<number>(60).fill(1_000);
  load[30] = 1_350;
  const rates = valuesOf(await recordedSeconds(load), 'net.packets').slice(1);
  expect(rates).toEqual(load);
});

test('ten times more for ten seconds is seen second by second', async () => {
  const load = new Array<number>(60).fill(200).fill(2_000, 20, 30);
  const rates = valuesOf(await recordedSeconds(load), 'net.packets').slice(1);
  expect(rates).toEqual(load);
});

test('rates are right when the loop was late', async () => {
  const r = new Recorded();
  await r.start();
  r.counts.packets = 300;
  r.clock.advance(500);
  await r.recorder!.record();
  expect(valuesOf(await readActivity(r.data), 'net.packets')).toEqual([NaN, 600]);
  await r.stop();
});

test('after a start counts of the process begin again, those of the machine go on', async () => {
  const r = new Recorded();
  await r.start();
  await r.second(10, 10);
  await r.stop();
  r.counts.messages = 3;
  await r.start();
  await r.second(10, 5, 7);
  await r.stop();
  const activity = await readActivity(r.data);
  expect(valuesOf(activity, 'net.packets')[3]).toBe(10);
  expect(activity.rows.map(({ isStart }) => isStart)).toEqual([false, false, true, false]);
  expect(valuesOf(activity, 'router.messages')[2]).toBeNaN();
  expect(valuesOf(activity, 'router.messages')[3]).toBeCloseTo(5, 0);
  expect(valuesOf(activity, 'router.depth').at(-1)).toBe(7);
});

test('the file is bounded: the oldest seconds go, and it goes on after a restart', async () => {
  const r = new Recorded();
  await r.start();
  for (let i = 0; i < 150; i++) await r.second(i, i, i);
  await r.stop();
  const full = statSync(activityFile(r.data)).size;
  await r.start();
  for (let i = 150; i < 300; i++) await r.second(i, i, i);
  await r.stop();
  expect(statSync(activityFile(r.data)).size).toBe(full);
  const { rows } = await readActivity(r.data);
  expect(rows).toHaveLength(100);
  expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted((a, b) => a - b));
  expect(valuesOf(await readActivity(r.data), 'router.depth').at(-1)).toBe(299);
});

const random = new Random();

test(`a record that was cut off at any byte is left out and told, and the next takes its place (SEED=${random.seed})`, async () => {
  const r = new Recorded();
  await r.start();
  for (let i = 0; i < 5; i++) await r.second(1);
  await r.stop();
  const whole = readFileSync(activityFile(r.data));
  const size = recordBytes({ columns });
  for (let n = 0; n < 30; n++) {
    const cut = whole.length - 1 - random.below(size - 1);
    writeFileSync(activityFile(r.data), whole);
    truncateSync(activityFile(r.data), cut);
    const { rows, torn } = await readActivity(r.data);
    expect({ cut, rows: rows.length, torn }).toEqual({ cut, rows: 5, torn: 1 });
  }
  await r.start();
  await r.stop();
  expect(await readActivity(r.data)).toMatchObject({ torn: 0, rows: { length: 6 } });
});

test('a record that was half written over an older one is torn too', async () => {
  const r = new Recorded();
  await r.start({ capacity: 10 });
  for (let i = 0; i < 25; i++) await r.second(1);
  await r.stop();
  const bytes = readFileSync(activityFile(r.data));
  bytes.writeDoubleLE(12_345, bytes.length - 8);
  writeFileSync(activityFile(r.data), bytes);
  expect(await readActivity(r.data)).toMatchObject({ torn: 1, rows: { length: 9 } });
});

test('a file of other columns is put aside, and both are read', async () => {
  const r = new Recorded();
  await r.start();
  await r.second(10, 10, 1);
  await r.stop();
  const more: Column<Counts> = { name: 'router.new', unit: '', kind: 'gauge', read: () => 42 };
  await r.start({ columns: [...columns, more] });
  await r.second(20, 20, 2);
  await r.stop();
  const activity = await readActivity(r.data);
  expect(activity.columns.map(({ name }) => name)).toEqual([...columns.map(({ name }) => name), 'router.new']);
  expect(valuesOf(activity, 'router.depth')).toEqual([0, 1, 1, 2]);
  expect(valuesOf(activity, 'router.new')).toEqual([NaN, NaN, 42, 42]);
});

test('a file that is none is put aside and named', async () => {
  const r = new Recorded();
  writeFileSync(activityFile(r.data), 'something else');
  await r.start();
  await r.second(1);
  await r.stop();
  expect(readFileSync(olderActivityFile(r.data), 'utf8')).toBe('something else');
  expect(await readActivity(r.data)).toMatchObject({ rows: { length: 2 }, unreadable: [olderActivityFile(r.data)] });
  expect(r.troubles).toEqual([]);
});

test('only the last seconds are given where that is asked for', async () => {
  const r = new Recorded();
  await r.start();
  for (let i = 0; i < 50; i++) await r.second(1, 1, i);
  await r.stop();
  const last = await readActivity(r.data, 5_000);
  expect(valuesOf(last, 'router.depth')).toEqual([44, 45, 46, 47, 48, 49]);
  // the first of them too has a record before it
  expect(valuesOf(last, 'net.packets')).toEqual([1, 1, 1, 1, 1, 1]);
  expect(last.rows.map(({ seconds }) => seconds)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('a directory that cannot be written to is told, once, and ends nothing', async () => {
  const r = new Recorded();
  await r.start({ data: `${r.data}/not/there` });
  await r.recorder!.record();
  await r.stop();
  expect(r.troubles).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
});

test('others cannot read it', async () => {
  const r = new Recorded();
  chmodSync(r.data, 0o755);
  await r.start();
  await r.stop();
  expect(statSync(activityFile(r.data)).mode & 0o777).toBe(0o600);
});

test('a column that throws costs the record, not the node', async () => {
  const r = new Recorded();
  await r.start({
    sample: () => {
      throw new Error('no figures');
    },
  });
  await r.stop();
  expect(r.troubles).toEqual([expect.objectContaining({ message: 'no figures' })]);
});
