import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { gateTest } from './gate-test.js';

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
  .option('--connections <n>', 'people who are connected', whole, 1_000)
  .option('--same <n>', 'loads of the same code', whole, 50)
  .option('--rate <n>', 'messages a second, in all', whole, 4_000)
  .option('--gate-ms <ms>', 'how long a canary is watched', whole, 10_000)
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

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1');
  return value;
}
