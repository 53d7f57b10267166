import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { swapTest } from './swap-test.js';
import { wholeNumber } from '../whole-number.js';

interface Flags {
  readonly connections: number;
  readonly swaps: number;
  readonly rate: number;
  readonly gateMs: number;
  readonly bin: string;
}

const program = new Command('swap-test')
  .description(
    'Swaps a service, an interceptor and the session itself under load, and proves by what the clients saw that nobody noticed.',
  )
  .option('--connections <n>', 'people who are connected', wholeNumber(1), 5_000)
  .option('--swaps <n>', 'swaps in a row', wholeNumber(1), 100)
  .option('--rate <n>', 'messages a second, in all', wholeNumber(1), 4_000)
  .option('--gate-ms <ms>', 'how long a canary is watched', wholeNumber(1), 1_000)
  .option(
    '--bin <root>',
    'checkout whose packages/cli/bin/mailbeam.js is started',
    fileURLToPath(new URL('../../..', import.meta.url)),
  )
  .parse();

const { connections, swaps, rate, gateMs, bin } = program.opts<Flags>();
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const result = await swapTest({ root: bin, connections, swaps, perSecond: rate, canaryGateMs: gateMs, print });
const { count } = result;
print(
  `${result.swaps} swaps (${result.rollbacks} rollbacks, ${result.canaries} canaries, ${result.underTraffic} with traffic meanwhile), ${result.moved} actors moved`,
);
print(
  `${count.connections} connections, ${count.closed} closed; ${count.sent} messages sent, ${count.delivered} delivered, ${count.replies} answered by the service, ${count.calls} calls answered`,
);
for (const fault of result.faults) print(`FAULT ${fault}`);
print(result.faults.length === 0 ? 'passed: none lost, doubled or out of order' : 'FAILED');
process.exitCode = result.faults.length === 0 ? 0 : 1;
