import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../crash/waiting.js';

/** Live memory of a process right after a full collection, bytes. */
export interface LiveMemory {
  readonly heapUsed: number;
  /** Buffers and the like, outside of the heap. */
  readonly external: number;
}

/** Longest wait for an answer: the machine may be busy, a process that is gone never answers. */
const ANSWER_LIMIT_MS = 30_000;

/** Loaded into every process of a router before all else: at SIGUSR2 it collects all garbage and writes down what is left. */
const preload = `
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  process.on('SIGUSR2', () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const file = join(process.env.SOAK_PROBE, String(process.pid));
    writeFileSync(file + '.new', JSON.stringify({ heapUsed, external }));
    renameSync(file + '.new', file);
  });
}
`;

/** Asks the processes of a router what they hold, from outside and without a change to them. */
export class HeapProbe {
  readonly env: Readonly<Record<string, string>>;
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = join(directory, 'probe');
    mkdirSync(this.#directory);
    const module = join(directory, 'heap-probe.mjs');
    writeFileSync(module, preload);
    this.env = { NODE_OPTIONS: `--import ${module}`, SOAK_PROBE: this.#directory };
  }

  /** @throws when there is no answer within 30 s */
  async read(pid: number): Promise<LiveMemory> {
    const file = join(this.#directory, String(pid));
    rmSync(file, { force: true });
    process.kill(pid, 'SIGUSR2');
    let answer: LiveMemory | undefined;
    const came = await until(() => (answer = readAnswer(file)) !== undefined, ANSWER_LIMIT_MS, 10);
    if (!came) throw new Error(`process ${pid} does not say what it holds`);
    return answer!;
  }
}

function readAnswer(file: string): LiveMemory | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LiveMemory;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
