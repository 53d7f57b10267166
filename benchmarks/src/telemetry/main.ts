import { parseArgs } from 'node:util';
import { LoadFleet } from '@mailbeam/tools/load';
import { LAST_ACKS_MS, sleep } from '../bench-pair.js';
import { describeMachine } from '../machine.js';
import { positive, runCommand, say, writeReport } from '../measuring-command.js';
import { makeDataDir } from '../server-under-test.js';
import { medianInterval, spread } from '../statistics.js';
import { MeasuredRouter } from './router-order.js';

const HELP = `Measures what statistics, histograms and alert rules cost a message: server CPU in windows of the row "online", in one router
whose telemetry is switched on and off in turn, and for scale between neighbouring pairs of windows without. Or the same of a CPU
profile that is under way.

  make bench-telemetry ARGS="[--short] [--profile] [--pairs N] [--out FILE] [--strict]"

  --short     in small: shows that it works, says nothing about speed
  --profile   a profile, a sample each ms as \`mailbeam profile\` takes it, instead of telemetry
  --pairs N   pairs of windows, instead of 200; of a profile, 150
  --out FILE  the JSON; default benchmarks/results/telemetry.json (profile.json), or telemetry.local.json when not run in full
  --strict    exit 1 when a target is missed
`;

/** What is switched on and off. */
interface Subject {
  readonly order: 'measure' | 'profile';
  readonly name: string;
  /** Of the report. */
  readonly file: string;
  readonly pairs: number;
  /** Median of the pairs, and upper end of its interval, in per cent. */
  readonly target: { readonly median: number; readonly upperEnd: number };
}

const TELEMETRY: Subject = {
  ...{ order: 'measure', name: 'Telemetry', file: 'telemetry', pairs: 200 },
  target: { median: 3, upperEnd: 5 },
};
const PROFILE: Subject = {
  ...{ order: 'profile', name: 'A profile', file: 'profile', pairs: 150 },
  target: { median: 10, upperEnd: 12 },
};
const FULL = { pairs: TELEMETRY.pairs, users: 200, unanswered: 32, bodyBytes: 100, warmMs: 6_000, windowMs: 1_000 };
const SHORT = { pairs: 6, users: 12, unanswered: 32, bodyBytes: 100, warmMs: 200, windowMs: 200 };
const WINDOW = 256;
const DELIVERED_POLL_MS = 10;

type Sizes = typeof FULL;

/** Two windows that follow each other, CPU per message in microseconds. */
interface Pair {
  readonly off: number;
  readonly on: number;
  /** How much dearer a message was with it, in per cent. */
  readonly percent: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      pairs: { type: 'string' },
      out: { type: 'string' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const subject = values.profile ? PROFILE : TELEMETRY;
  const full = { ...FULL, pairs: subject.pairs };
  const base = values.short ? SHORT : full;
  const sizes = values.pairs === undefined ? base : { ...base, pairs: positive('--pairs', values.pairs) };
  const machine = describeMachine();
  const pairs = await measure(sizes, subject);
  const percent = medianInterval(pairs.map((pair) => pair.percent));
  const isMet = percent.median <= subject.target.median && percent.high <= subject.target.upperEnd;
  process.stdout.write(`\n${table(pairs)}\n`);
  process.stdout.write(
    `\n${subject.name} costs ${percent.median.toFixed(1)} % of a message's CPU, 95 % interval of the median ${percent.low.toFixed(1)} to ` +
      `${percent.high.toFixed(1)} % (${pairs.length} pairs); at most ${subject.target.median} %, upper end at most ${subject.target.upperEnd} %: ` +
      `${isMet ? 'met' : 'MISSED'}\n`,
  );
  const isWhole = JSON.stringify(sizes) === JSON.stringify(full);
  const report = { machine, sizes, pairs, percent, isMet };
  writeReport(values.out, `${subject.file}${isWhole ? '' : '.local'}.json`, report);
  return values.strict && !isMet ? 1 : 0;
}

async function measure(sizes: Sizes, { order }: Subject): Promise<Pair[]> {
  const data = makeDataDir();
  const router = await MeasuredRouter.start(data.path);
  const fleet = new LoadFleet(2);
  try {
    await fleet.open({ port: router.port, window: WINDOW, bodyBytes: sizes.bodyBytes });
    await fleet.login('ring', 'u', sizes.users);
    // both ways, so that the compiler has seen both before anything counts
    for (const one of ['rest', order, 'rest', order] as const)
      await measureWindow(router, fleet, sizes, one, sizes.warmMs / 4);
    const pairs: Pair[] = [];
    for (let n = 1; n <= sizes.pairs; n++) {
      // who comes first alternates: what drifts goes against each as often
      const orders = n % 2 === 0 ? ([order, 'rest'] as const) : (['rest', order] as const);
      const first = await measureWindow(router, fleet, sizes, orders[0], sizes.windowMs);
      const second = await measureWindow(router, fleet, sizes, orders[1], sizes.windowMs);
      const [off, on] = n % 2 === 0 ? [second, first] : [first, second];
      pairs.push({ off, on, percent: (on / off - 1) * 100 });
      say(`${n}: ${off.toFixed(3)} us without, ${on.toFixed(3)} us with: ${pairs.at(-1)!.percent.toFixed(1)} %`);
    }
    await fleet.logout('ring');
    return pairs;
  } finally {
    await fleet.close();
    await router.stop();
    data.dispose();
  }
}

/** CPU per message of one window, from quiet to quiet, microseconds. */
async function measureWindow(
  router: MeasuredRouter,
  fleet: LoadFleet,
  { users, unanswered }: Sizes,
  order: 'rest' | Subject['order'],
  ms: number,
): Promise<number> {
  await router.order(order);
  await router.order('quiet');
  await fleet.take();
  const before = await router.order('cpu');
  await fleet.ring('ring', users, unanswered);
  await sleep(ms);
  await fleet.halt('ring');
  const sent = await fleet.sentSoFar();
  while ((await fleet.deliveredSoFar()) < sent) await sleep(DELIVERED_POLL_MS);
  await sleep(LAST_ACKS_MS);
  await router.order('quiet');
  const used = (await router.order('cpu')) - before;
  const { accepted } = await fleet.take();
  if (accepted !== sent) throw new Error(`${sent} messages were sent and ${accepted} accepted`);
  return used / accepted;
}

function table(pairs: readonly Pair[]): string {
  const row = (name: string, values: readonly number[], digits: number): string => {
    const { median, low, high } = spread(values)!;
    return `| ${name} | ${median.toFixed(digits)} | ${low.toFixed(digits)} to ${high.toFixed(digits)} |`;
  };
  const next = pairs.slice(1).map(({ off }, i) => (off / pairs[i]!.off - 1) * 100);
  return [
    '| | median | lowest to highest |',
    '|---|---|---|',
    row(
      'us a message, without',
      pairs.map(({ off }) => off),
      2,
    ),
    row(
      'us a message, with',
      pairs.map(({ on }) => on),
      2,
    ),
    row(
      'more with, pair by pair, %',
      pairs.map(({ percent }) => percent),
      1,
    ),
    ...(next.length === 0 ? [] : [row('for scale: from one window without to the next, %', next, 1)]),
  ].join('\n');
}

runCommand(main);
