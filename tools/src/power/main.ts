import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describeViolations } from '../crash/report.js';
import { wholeNumber } from '../whole-number.js';
import { powerTest } from './power-test.js';
import { noStrace } from './traced-router.js';

interface Flags {
  readonly moments: number;
  readonly seed: number;
  readonly messages: number;
  readonly bin: string;
  readonly keepGoing?: boolean;
}

const flags = new Command('power-test')
  .description(
    'Records a router under strace, cuts the power at random moments of the recording and proves from the logs of its clients that nothing accepted was lost.',
  )
  .option('--moments <n>', 'moments at which the power is cut', wholeNumber(1), 20)
  .option('--seed <s>', 'seed of the traffic and the moments', wholeNumber(), Date.now() % 1_000_000)
  .option('--messages <n>', 'messages while it records', wholeNumber(1), 4_000)
  .option(
    '--bin <root>',
    'checkout whose packages/cli/bin/mailbeam.js is started',
    fileURLToPath(new URL('../../..', import.meta.url)),
  )
  .option('--keep-going', 'go on after a moment that failed')
  .parse()
  .opts<Flags>();

for (const [name, code] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(name, () => process.exit(code));

process.exitCode = await run(flags);

async function run({ moments, seed, messages, bin, keepGoing = false }: Flags): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const reason = noStrace();
  if (reason !== undefined) {
    print(`notice: skipped, ${reason}`);
    return 0;
  }
  print(`${moments} power cuts in ${messages} messages, seed ${seed}`);
  const { failed } = await powerTest({ moments, seed, messages, root: bin, keepGoing, print });
  for (const { cut, violations } of failed) {
    print(`cut ${cut}:`);
    for (const line of describeViolations(violations)) print(line);
  }
  print(failed.length > 0 ? `FAILED: seed ${seed}` : 'passed');
  return failed.length > 0 ? 1 : 0;
}
