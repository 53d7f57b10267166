import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLine } from '../crash/router-process.js';
import { straceFlags } from './strace.js';

/** strace is slow to begin with, and the machine may be shared. */
const startLimitMs = 60_000;

/** Why there can be no trace on this machine; undefined where there can. */
export function noStrace(): string | undefined {
  const { error, status } = spawnSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true'], {
    stdio: 'ignore',
  });
  if (error !== undefined) return 'there is no strace on the PATH (Debian: apt install strace)';
  return status === 0 ? undefined : 'strace may not trace here (no ptrace in this container?)';
}

/** A router all of whose writes, to its disk and to its clients, stand in a file. */
export class TracedRouter {
  readonly #dir = mkdtempSync(join(tmpdir(), 'mailbeam-power-'));
  readonly #root: string;
  #strace: ChildProcess | undefined;
  #port = 0;
  output = '';
  /** This process ends without `dispose`, as at Ctrl-C. */
  readonly #onExit = (): void => {
    this.#kill();
    rmSync(this.#dir, { recursive: true, force: true });
  };

  /** @param root the checkout, or a mutant of it */
  constructor(root: string) {
    this.#root = root;
    mkdirSync(this.#data);
    process.once('exit', this.#onExit);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/v1/socket`;
  }

  get trace(): string {
    return join(this.#dir, 'trace');
  }

  get dataFile(): string {
    return join(this.#data, 'data.mdb');
  }

  get #data(): string {
    return join(this.#dir, 'data');
  }

  async start(): Promise<void> {
    const bin = join(this.#root, 'packages/cli/bin/mailbeam.js');
    const command = [
      process.execPath,
      bin,
      'start',
      '--port',
      '0',
      '--admin-port',
      '0',
      '--data',
      this.#data,
      '--json',
    ];
    // a group of its own: whatever strace has started ends with it
    this.#strace = spawn('strace', [...straceFlags, '-o', this.trace, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#strace.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const line = await firstLine(this.#strace, startLimitMs);
    if (line === undefined) throw new Error(`the router did not come up under strace:\n${this.output}`);
    this.#port = (JSON.parse(line) as { port: number }).port;
  }

  /** Ends it. From then on the trace is complete. */
  async end(): Promise<void> {
    const strace = this.#strace;
    if (strace === undefined || strace.exitCode !== null || strace.signalCode !== null) return;
    const ended = once(strace, 'exit');
    this.#kill();
    await ended;
  }

  #kill(): void {
    const pid = this.#strace?.pid;
    if (pid === undefined || this.#strace?.exitCode !== null || this.#strace.signalCode !== null) return;
    process.kill(-pid, 'SIGKILL');
  }

  async dispose(): Promise<void> {
    await this.end();
    process.off('exit', this.#onExit);
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
}
