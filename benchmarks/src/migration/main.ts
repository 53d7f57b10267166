import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeMachine } from '../machine.js';
import { askedSizes, runCommand, say, writeReport } from '../measuring-command.js';
import { spread } from '../statistics.js';

const HELP = `Measures how long the event loop is held while a new version takes over a million actors with state, garbage collection included.

  make bench-migration ARGS="[--short] [--actors N] [--runs N] [--out FILE] [--strict]"

  --short      in small: shows that it works, says nothing about speed
  --actors N   instead of 1000000
  --runs N     processes, instead of 5; the median of their longest stalls counts
  --out FILE   the JSON; default benchmarks/results/migration.json, or migration.local.json when not run in full
  --strict     exit 1 when the target is missed
`;

/** The longest stall, median of the runs, ms. */
const TARGET_MS = 10;
const FULL = { actors: 1_000_000, runs: 5 };
const SHORT = { actors: 20_000, runs: 2 };

interface Run {
  readonly longestMs: number;
  readonly totalMs: number;
  readonly moved: number;
}

async function main(): Promise<number> {
  const asked = askedSizes(HELP, FULL, SHORT, ['actors', 'runs']);
  if (asked === undefined) return 0;
  const { sizes, isWhole, out, strict } = asked;
  const machine = describeMachine();
  const runs: Run[] = [];
  for (let i = 1; i <= sizes.runs; i++) {
    const run = await runOnce(sizes.actors);
    runs.push(run);
    say(`${i}: ${run.moved} moved in ${run.totalMs.toFixed(0)} ms, longest stall ${run.longestMs.toFixed(1)} ms`);
  }
  const longest = spread(runs.map((run) => run.longestMs))!;
  const total = spread(runs.map((run) => run.totalMs))!;
  const isMet = longest.median <= TARGET_MS;
  process.stdout.write(
    `\n${sizes.actors} actors, ${sizes.runs} runs: longest stall ${longest.median.toFixed(1)} ms (${longest.low.toFixed(1)} to ${longest.high.toFixed(1)}), ` +
      `in all ${total.median.toFixed(0)} ms with the compiling and the checks; at most ${TARGET_MS} ms: ${isMet ? 'met' : 'MISSED'}\n`,
  );
  const report = { machine, sizes, runs, longest, total, isMet };
  writeReport(out, isWhole ? 'migration.json' : 'migration.local.json', report);
  return strict && !isMet ? 1 : 0;
}

async function runOnce(actors: number): Promise<Run> {
  const entry = fileURLToPath(new URL('./migrate-once.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [entry, String(actors)]);
  return JSON.parse(stdout) as Run;
}

runCommand(main);
