import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { seededRandom } from '../seeded-random.js';
import { explore } from './explore.js';
import { randomStep } from './step.js';
import type { Step } from './step.js';

/** Random runs against the rules of delivery; the first broken promise is printed with what led to it, made short. */
const program = new Command('model-check')
  .description(
    'random runs of sends, acks, crashes and restarts against a router core, checked from the clients’ books',
  )
  .option('--runs <n>', 'how many runs', '2000')
  .option('--seed <n>', 'seed of the first run; each run has the next one', '1')
  .option('--steps <n>', 'steps a run', '80')
  .option('--users <n>', 'users', '3')
  .option('--scenario <file>', 'instead of random runs: the steps of one run, a JSON object a line');

async function main(): Promise<void> {
  program.parse();
  const options = program.opts<{ runs: string; seed: string; steps: string; users: string; scenario?: string }>();
  const users = Number(options.users);
  if (options.scenario !== undefined) {
    const steps = readFileSync(options.scenario, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Step);
    const violations = await explore(steps, users);
    process.stdout.write(violations.length === 0 ? 'every promise was kept\n' : `${violations.join('\n')}\n`);
    process.exitCode = violations.length === 0 ? 0 : 1;
    return;
  }
  const first = Number(options.seed);
  const runs = Number(options.runs);
  for (let seed = first; seed < first + runs; seed++) {
    const random = seededRandom(seed);
    const steps = Array.from({ length: Number(options.steps) }, () => randomStep(random, users));
    const violations = await explore(steps, users);
    if (violations.length === 0) continue;
    const short = await shrink(steps, users);
    process.stdout.write(`run ${seed - first + 1}, seed ${seed}: ${violations[0]}\n`);
    for (const step of short) process.stdout.write(`  ${JSON.stringify(step)}\n`);
    for (const violation of await explore(short, users)) process.stdout.write(`  => ${violation}\n`);
    process.stdout.write(
      `again: node tools/dist/model/main.js --seed ${seed} --runs 1 --steps ${steps.length} --users ${users}\n`,
    );
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${runs} runs, seeds ${first} to ${first + runs - 1}: every promise was kept\n`);
}

/** Leaves steps out as long as some promise stays broken. */
async function shrink(steps: readonly Step[], users: number): Promise<readonly Step[]> {
  let short = steps;
  for (let size = Math.ceil(short.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < short.length;) {
      const without = [...short.slice(0, at), ...short.slice(at + size)];
      if ((await explore(without, users)).length > 0) short = without;
      else at += size;
    }
  }
  return short;
}

await main();
