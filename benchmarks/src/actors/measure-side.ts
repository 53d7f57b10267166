import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Bench } from 'tinybench';
import type { Program, ProgramSizes, SideRow } from './program.js';
import { sizesFromText } from './program.js';

/** One side that runs in Node. */
export interface NodeSide {
  readonly version: string;
  /** The program of a row, or `undefined` when there is none like it on this side. */
  readonly program: (row: string, sizes: ProgramSizes) => Program | undefined;
  /** Makes so many idle actors or, when they would not fit, fewer; returns what keeps them. */
  readonly idle: (count: number) => { kept: unknown; count: number };
}

/** A side's process: arguments SIZES ROW=MS ...; prints one line of JSON for itself, then one for each row. */
export async function measureSide(side: NodeSide): Promise<void> {
  const [sizesText = '', ...rows] = process.argv.slice(2);
  const sizes = sizesFromText(sizesText);
  print({ version: side.version });
  for (const text of rows) {
    const [row = '', ms = ''] = text.split('=');
    if (row === 'idle') print(measureIdle(side, sizes.idle));
    else {
      const program = side.program(row, sizes);
      if (program) print(await measure(row, program, Number(ms)));
    }
  }
  process.exit(0); // a side may hold timers
}

async function measure(row: string, program: Program, ms: number): Promise<SideRow> {
  const bench = new Bench({ time: ms, iterations: 2, warmupTime: ms / 3, warmupIterations: 1, throws: true });
  // An async function: tinybench tries out others to see whether they are, and does not wait for what it began.
  const run = async (): Promise<void> => await program.run();
  bench.add(row, run, program.before ? { beforeEach: program.before } : {});
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result === undefined || !('latency' in result)) throw new Error(`${row}: no result`);
  const ns = (inMs: number): number => (inMs * 1e6) / program.operations;
  const { p50, p99, samplesCount } = result.latency;
  return { row, p50: ns(p50), p99: ns(p99), runs: samplesCount };
}

function measureIdle(side: NodeSide, wanted: number): SideRow {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  const before = { heap: process.memoryUsage().heapUsed, rss: rssAnonBytes() };
  const { kept, count } = side.idle(wanted);
  gc();
  const bytes = (process.memoryUsage().heapUsed - before.heap) / count;
  const rss = (rssAnonBytes() - before.rss) / count;
  if (!kept) throw new Error('nothing keeps the actors');
  return { row: 'idle', p50: bytes, p99: bytes, runs: 1, rss };
}

function rssAnonBytes(): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN) * 1024;
}

function print(line: SideRow | { version: string }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
