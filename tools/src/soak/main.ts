import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { checkoutRoot } from '../checkout.js';
import { wholeNumber } from '../whole-number.js';
import { growing, soakTable } from './soak-table.js';
import { judge, soakTest } from './soak-test.js';
import type { Readings } from './soak-test.js';

interface Flags {
  readonly minutes: number;
  readonly seconds?: number;
  readonly connections: number;
  readonly messages: number;
  readonly visitors: number;
  readonly visits: number;
  readonly seed: number;
  readonly root: string;
  readonly readings?: string;
}

const flags = new Command('soak')
  .description('Loads a router steadily, with people coming and going, and sees whether anything of it grows.')
  .option('--minutes <n>', 'how long; the first sixth is not judged', wholeNumber(1), 30)
  .option(
    '--seconds <n>',
    'instead: the short form, in which all comes thick and fast and only much is found',
    wholeNumber(6),
  )
  .option('--connections <n>', 'people who are there all the time', wholeNumber(2), 2_000)
  .option('--messages <n>', 'what they say to each other, a second', wholeNumber(1), 1_000)
  .option('--visitors <n>', 'people who come and go, the same again and again', wholeNumber(2), 1_000)
  .option('--visits <n>', 'visits a second', wholeNumber(1), 10)
  .option('--seed <s>', 'of who writes to whom', wholeNumber(), Date.now() % 1_000_000)
  .option('--root <root>', 'checkout whose packages/cli/bin/mailbeam.js is started', checkoutRoot)
  .option('--readings <file>', 'writes all that was read there, as JSON')
  .parse()
  .opts<Flags>();

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const isShort = flags.seconds !== undefined;
const runMs = isShort ? flags.seconds * 1_000 : flags.minutes * 60_000;

// the router and its data go at `exit`
for (const [name, code] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(name, () => process.exit(code));

/** A long run says so often how it goes, ms. */
const TELL_MS = 300_000;
let toldAt = 0;

function tell(soFar: Readings): void {
  const at = soFar.rssAnon.at(-1)!.at;
  if (isShort || at - toldAt < TELL_MS) return;
  toldAt = at;
  print(`after ${Math.round(at / 60_000)} min:\n${soakTable(soFar, judge(soFar, at))}`);
}

print(`seed ${flags.seed}`);
try {
  const result = await soakTest({
    root: flags.root,
    runMs,
    sampleMs: isShort ? 150 : 5_000,
    collectEach: isShort ? 1 : 6,
    connections: flags.connections,
    messagesPerSecond: flags.messages,
    visitors: flags.visitors,
    visitsPerSecond: flags.visits,
    stayMs: isShort ? 1_000 : 8_000,
    reloadMs: isShort ? 2_000 : 60_000,
    firstLoads: isShort ? 1 : 21,
    haste: isShort ? 10 : 1,
    slack: isShort ? 4 : 1,
    // so that those who come with a new phone each time are forgotten while one looks
    env: { MAILBEAM_CLIENT_KEPT_MS: isShort ? '3000' : '120000' },
    seed: flags.seed,
    onSample: tell,
    print,
  });
  if (flags.readings !== undefined) writeFileSync(flags.readings, JSON.stringify(result.readings));
  print(result.done);
  print(soakTable(result.readings, result.growths));
  const wrong = [...result.faults, ...growing(result.growths)];
  for (const what of wrong) print(`FAILED: ${what}`);
  if (wrong.length === 0) print('passed: nothing grows');
  process.exitCode = wrong.length === 0 ? 0 : 1;
} catch (error) {
  print(`FAILED: ${(error as Error).message}`);
  process.exitCode = 1;
}
