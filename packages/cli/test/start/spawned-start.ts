import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
}

/** A real `mailbeam start` with a fake node, in a directory of its own. */
export class SpawnedStart {
  readonly directory: string;
  readonly process: ChildProcess;
  readonly exited: Promise<Ended>;
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  #changed: (() => void)[] = [];

  static async of(
    flags: Readonly<Record<string, unknown>>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<SpawnedStart> {
    return new SpawnedStart(await mkdtemp(path.join(tmpdir(), 'mailbeam-start-')), flags, environment);
  }

  private constructor(
    directory: string,
    flags: Readonly<Record<string, unknown>>,
    environment: Readonly<Record<string, string>>,
  ) {
    this.directory = directory;
    const script = fileURLToPath(new URL('start-with-fake-node.mjs', import.meta.url));
    this.process = spawn(process.execPath, [script, JSON.stringify(flags)], {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '', FAKE_NODE_LOG: path.join(directory, 'node.log'), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const [stream, lines] of [
      [this.process.stdout, this.stdout],
      [this.process.stderr, this.stderr],
    ] as const) {
      if (stream === null) throw new Error('no pipe');
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        for (const changed of this.#changed.splice(0)) changed();
      });
    }
    this.exited = new Promise((resolve) => {
      // `close`, not `exit`: then all that was written has been read too.
      this.process.once('close', (code) => resolve({ code }));
    });
  }

  /** The first line of that stream that matches, once it is there; fails when the process ends without it. */
  async line(stream: 'stdout' | 'stderr', pattern: RegExp, count = 1): Promise<string> {
    for (;;) {
      const found = this[stream].filter((line) => pattern.test(line));
      const line = found[count - 1];
      if (line !== undefined) return line;
      const ended = await Promise.race([this.exited, this.#nextLine()]);
      if (ended !== undefined && this[stream].filter((text) => pattern.test(text)).length < count) {
        throw new Error(`ended (${ended.code}) without ${pattern} on ${stream}:\n${this.stderr.join('\n')}`);
      }
    }
  }

  async ready(): Promise<{ ready: boolean; port: number; adminPort: number; pid: number }> {
    return JSON.parse(await this.line('stdout', /"ready"/)) as {
      ready: boolean;
      port: number;
      adminPort: number;
      pid: number;
    };
  }

  /** What the fake nodes recorded, in order. */
  records(): string[] {
    const file = path.join(this.directory, 'node.log');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** Process ids of the nodes that were started, oldest first. */
  nodePids(): number[] {
    return this.records()
      .filter((line) => line.startsWith('started '))
      .map((line) => Number(line.slice('started '.length)));
  }

  async dispose(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
    await rm(this.directory, { recursive: true, force: true });
  }

  #nextLine(): Promise<undefined> {
    return new Promise((resolve) => {
      this.#changed.push(() => resolve(undefined));
    });
  }
}

/** Longer is hung, ms. */
const GONE_MS = 60_000;

/** Resolves when no process has that id any more; /proc tells. How long that took, ms. */
export async function processGone(pid: number): Promise<number> {
  const began = performance.now();
  while (alive(pid)) {
    if (performance.now() - began > GONE_MS) throw new Error(`process ${pid} is still there`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return performance.now() - began;
}

/** A limit of real time: this, or on a busy machine as long as something that takes about as long took there just before, ms. */
export const busyLimit = (limitMs: number, justBeforeMs: number): number => Math.max(limitMs, justBeforeMs);

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // No such process, or it went between the two lines.
    return false;
  }
}
