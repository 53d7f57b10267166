import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const binary = fileURLToPath(new URL('../../bin/mailbeam.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `mailbeam` that runs. */
export class Running {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  stdout = '';
  stderr = '';
  #changed: (() => void)[] = [];

  constructor(child: ChildProcess) {
    this.process = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read('stdout', text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#read('stderr', text));
    // A command that ended early does not read what is still written to it.
    child.stdin?.on('error', () => undefined);
    this.finished = new Promise((resolve) => {
      child.once('close', (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        for (const changed of this.#changed.splice(0)) changed();
      });
    });
  }

  /** Settles when the output of that stream matches; fails when the command ends without it. */
  async shows(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        const { code } = await this.finished;
        const late = pattern.exec(this[stream]);
        if (late !== null) return late;
        throw new Error(`ended (${code}) without ${pattern} on ${stream}\n${this.stdout}\n${this.stderr}`);
      }
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  type(text: string): void {
    this.process.stdin?.write(text);
  }

  endInput(): void {
    this.process.stdin?.end();
  }

  #read(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    for (const changed of this.#changed.splice(0)) changed();
  }
}

/** A directory to run commands in, with a home of its own, so that nothing outside is read or written. */
export class CommandLine {
  readonly directory: string;
  readonly #running = new Set<Running>();

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<CommandLine> {
    return new CommandLine(await mkdtemp(path.join(tmpdir(), 'mailbeam-cli-')));
  }

  /** Starts `mailbeam` with these arguments. Its input stays open until `endInput`. */
  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(process.execPath, [binary, ...args], {
      cwd: this.directory,
      env: { PATH: process.env['PATH'] ?? '', HOME: this.directory, ...environment },
      stdio: 'pipe',
    });
    const running = new Running(child);
    this.#running.add(running);
    void running.finished.then(() => this.#running.delete(running));
    return running;
  }

  /** Runs `mailbeam` to its end, with that input. */
  async mailbeam(
    args: readonly string[],
    input: string | Uint8Array = '',
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    const running = this.run(args, environment);
    running.process.stdin?.end(input);
    return running.finished;
  }

  async dispose(): Promise<void> {
    const running = [...this.#running];
    for (const { process } of running) process.kill('SIGKILL');
    await Promise.all(running.map(({ finished }) => finished));
    // The node of a killed parent may still be flushing its store there.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
