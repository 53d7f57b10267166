import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { check } from './checker.js';
import { crashTest } from './crash-test.js';
import { readLogs } from './keep-logs.js';
import { describeViolations } from './report.js';
import { wholeNumber } from '../whole-number.js';

interface Flags {
  readonly rounds: number;
  readonly seed: number;
  readonly messages: number;
  readonly startMs: number;
  readonly bin: string;
  readonly keepGoing?: boolean;
  readonly keepData?: boolean;
  readonly check?: string;
}

const program = new Command('crash-test')
  .description(
    'Kills a router with SIGKILL at random moments under load and proves from the logs of its clients that nothing was lost.',
  )
  .option('--rounds <n>', 'rounds, each on a new data directory', wholeNumber(), 5)
  .option('--seed <s>', 'seed of the first round; the next has the next', wholeNumber(), Date.now() % 1_000_000)
  .option('--messages <n>', 'messages a round', wholeNumber(), 20_000)
  .option('--start-ms <ms>', 'about how long a node takes to start: repeated kills fall into it', wholeNumber(), 400)
  .option(
    '--bin <root>',
    'checkout whose packages/cli/bin/mailbeam.js is started',
    fileURLToPath(new URL('../../..', import.meta.url)),
  )
  .option('--keep-going', 'go on after a round that failed')
  .option('--keep-data', 'leave the data directory of a round that failed where it is')
  .option('--check <dir>', 'check the kept logs of a failed round again, and do nothing else')
  .parse();

// the data of the round goes at `exit`
for (const [name, code] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(name, () => process.exit(code));

const flags = program.opts<Flags>();
process.exitCode = flags.check === undefined ? await run(flags) : recheck(flags.check);

async function run({
  rounds,
  seed,
  messages,
  startMs,
  bin,
  keepGoing = false,
  keepData = false,
}: Flags): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  print(`${rounds} rounds of ${messages} messages, seed ${seed}`);
  const { failed, missed } = await crashTest({
    rounds,
    seed,
    messages,
    startMs,
    root: bin,
    keepGoing,
    keepData,
    print,
  });
  print(
    failed.length > 0
      ? `FAILED: seeds ${failed.map(({ scenario }) => scenario.seed).join(', ')}`
      : missed.length > 0
        ? 'FAILED'
        : 'passed',
  );
  return failed.length > 0 || missed.length > 0 ? 1 : 0;
}

function recheck(dir: string): number {
  const { logs, facts } = readLogs(dir);
  const violations = check(logs, facts);
  process.stdout.write(violations.length === 0 ? 'no violations\n' : `${describeViolations(violations).join('\n')}\n`);
  return violations.length === 0 ? 0 : 1;
}
