import { Bench } from 'tinybench';
import { actorTasks } from './actors.js';
import { codecTasks } from './codec.js';
import type { MicroTask } from './micro-task.js';
import { storeTasks } from './store.js';

/**
 * Micro-benchmarks of the rooms by themselves: `node benchmarks/dist/micro/main.js [--short]`. Wall time, so that the
 * store's wait for its flush is in it.
 */
async function main(): Promise<void> {
  const isShort = process.argv.includes('--short');
  const tasks: MicroTask[] = [...codecTasks(), ...actorTasks(), ...(await storeTasks())];
  const bench = new Bench({ time: isShort ? 10 : 1000, warmupTime: isShort ? 5 : 300 });
  for (const task of tasks) bench.add(task.name, task.run);
  await bench.run();
  for (const task of tasks) await task.dispose?.();
  const rows = tasks.map((task) => {
    const result = bench.getTask(task.name)?.result;
    if (result === undefined || !('latency' in result)) throw new Error(`${task.name}: no result`);
    const ns = (ms: number): string => ((ms * 1e6) / task.perRun).toFixed(0).padStart(8);
    return `${ns(result.latency.p50)} ${ns(result.latency.p99)}  ${task.name}`;
  });
  process.stdout.write(`${['  p50 ns   p99 ns  an operation', ...rows].join('\n')}\n`);
}

await main();
