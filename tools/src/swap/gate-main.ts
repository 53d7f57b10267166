import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { gateTest } from './gate-test.js';
import { wholeNumber } from '../whole-number.js';

interface Flags {
  readonly connections: number;
  readonly same: number;
  readonly rate: number;
  readonly gateMs: number;
  readonly bin: string;
}

const { connections, same, rate, gateMs, bin } = new Command('gate-test')
  .description(
    'Loads the same code again and again, and worse code in four ways, as canaries under load: what does the gate say?',
  )
  .option('--connections <n>', 'people who are connected', wholeNumber(1), 1_000)
  .option('--same <n>', 'loads of the same code', wholeNumber(1), 50)
  .option('--rate <n>', 'messages a second, in all', wholeNumber(1), 4_000)
  .option('--gate-ms <ms>', 'how long a canary is watched', wholeNumber(1), 10_000)
  .option(
    '--bin <root>',
    'checkout whose packages/cli/bin/mailbeam.js is started',
    fileURLToPath(new URL('../../..', import.meta.url)),
  )
  .parse()
  .opts<Flags>();

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const { runs, faults } = await gateTest({ root: bin, connections, same, perSecond: rate, gateMs, print });
print(`${runs.length} loads at ${rate} messages a second, ${connections} connections`);
for (const fault of faults) print(`FAULT ${fault}`);
print(faults.length === 0 ? 'passed' : 'FAILED');
process.exitCode = faults.length === 0 ? 0 : 1;
