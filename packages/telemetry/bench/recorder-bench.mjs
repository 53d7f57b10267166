// What the activity recorder costs: its CPU a record, of one second of a core. A ratio, as the machine's speed is in both.
// node packages/telemetry/bench/recorder-bench.mjs [seconds]      (build first)
//   back to back: code and caches are warm     once a second: as in a node that does nothing else, against the same without
//   read back: an hour out of a file of a day, as a thread of the node does it for GET /history
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readActivity } from '../dist/activity/index.js';
import { columns, Machine, readProcess, Recorder, Telemetry } from '../dist/index.js';

const TARGET_PERCENT = 1;
const RECORDS = 3_000;
const MAILBOXES = 100_000;
const seconds = Number(process.argv[2] ?? 30);

const nothing = { behaviour: null, version: null, lastLoad: null, doing: null };
const figures = {
  ...{
    version: '1',
    pendingMessages: 1,
    pendingBytes: 1,
    elided: 1,
    accepted: 1,
    delivered: 1,
    failed: 1,
    imbalance: 0,
  },
  ...{ connections: 1, rejected: new Map([['mailbox_full', 1]]), runQueue: 0 },
  deadLetters: { kept: 0, bytes: 0, givenUp: new Map(), lost: new Map() },
  traces: null,
};
const telemetry = new Telemetry(
  {
    system: { info: () => undefined, onMailboxGrowth: () => () => undefined },
    figures: () => figures,
    describe: () => nothing,
    lastLoad: () => null,
    switchedOff: () => [],
  },
  { now: 1_000, key: Buffer.alloc(16) },
);
for (let i = 0; i < MAILBOXES; i++) {
  const box = { name: `m${i}`, slot: 0 };
  telemetry.statistics.open(box, 'session');
  telemetry.statistics.arrived(box.slot, 'ann', 1 + (i % 20));
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function recorderIn(data, clock) {
  const machine = new Machine();
  const recorder = new Recorder({
    ...{ data, columns, capacity: 86_400, ...(clock && { clock }) },
    sample: () => ({ machine: machine.read(), process: readProcess(), router: telemetry.reading() }),
    onTrouble: (error) => {
      throw error;
    },
  });
  return {
    recorder,
    close: async () => {
      await recorder.close();
      machine.close();
    },
  };
}

const data = mkdtempSync(join(tmpdir(), 'mailbeam-recorder-bench-'));
const keepAlive = setInterval(() => undefined, 250);
try {
  const still = { wall: Date.now, after: () => () => undefined };
  const warm = recorderIn(data, still);
  await warm.recorder.opened;
  for (let i = 0; i < 500; i++) await warm.recorder.record();
  const begun = cpuSeconds();
  for (let i = 0; i < RECORDS; i++) await warm.recorder.record();
  const percent = ((cpuSeconds() - begun) / RECORDS) * 100;
  await warm.close();
  console.log(
    `back to back:  ${(percent * 10_000).toFixed(0)} us CPU a record of ${columns.length} columns, ${percent.toFixed(3)} % of a core`,
  );

  const without = await pacedPercent();
  const paced = recorderIn(data);
  await paced.recorder.opened;
  const withIt = await pacedPercent();
  await paced.close();
  const more = withIt - without;
  console.log(
    `once a second: ${withIt.toFixed(3)} % of a core, without ${without.toFixed(3)} %: ${more.toFixed(3)} % more (${seconds} s each)`,
  );
  console.log(
    `read back:     ${(await readBackMs()).toFixed(0)} ms CPU for an hour out of a day of ${columns.length} columns`,
  );
  console.log(`at most ${TARGET_PERCENT} %: ${Math.max(percent, more) < TARGET_PERCENT ? 'met' : 'MISSED'}`);
} finally {
  clearInterval(keepAlive);
  await telemetry.close();
  rmSync(data, { recursive: true, force: true });
}

async function pacedPercent() {
  const [cpu, at] = [cpuSeconds(), performance.now()];
  await sleep(seconds * 1_000);
  return ((cpuSeconds() - cpu) / ((performance.now() - at) / 1_000)) * 100;
}

/** A day of records with a clock of its own; then the CPU of reading its last hour, the lowest of five. */
async function readBackMs() {
  const day = mkdtempSync(join(tmpdir(), 'mailbeam-recorder-bench-'));
  try {
    let wall = 1_800_000_000_000;
    const router = telemetry.reading();
    const machine = new Machine();
    const sample = { machine: machine.read(), process: readProcess(), router };
    const recorder = new Recorder({
      ...{ data: day, columns, capacity: 86_400, sample: () => sample, mono: () => wall },
      clock: { wall: () => (wall += 1_000), after: () => () => undefined },
      onTrouble: (error) => {
        throw error;
      },
    });
    await recorder.opened;
    for (let i = 0; i < 86_400; i++) await recorder.record();
    await recorder.close();
    machine.close();
    let lowest = Infinity;
    for (let i = 0; i < 5; i++) {
      const begun = cpuSeconds();
      const { rows } = await readActivity(day, 3_600_000);
      if (rows.length !== 3_601) throw new Error(`${rows.length} rows instead of an hour`);
      lowest = Math.min(lowest, (cpuSeconds() - begun) * 1_000);
    }
    return lowest;
  } finally {
    rmSync(day, { recursive: true, force: true });
  }
}
