import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RouterPorts } from '@mailbeam/tools/ports';
import { CommandLine } from './command-line.js';
import type { Finished, Running } from './command-line.js';

interface Ready {
  readonly ready: true;
  readonly port: number;
  readonly adminPort: number;
  readonly pid: number;
}

/** A real router, started by `mailbeam start`, with a command line beside it. */
export class RealRouter {
  readonly line: CommandLine;
  readonly parent: Running;
  readonly ready: Ready;
  readonly #ports: RouterPorts;

  private constructor(line: CommandLine, ports: RouterPorts, parent: Running, ready: Ready) {
    this.line = line;
    this.#ports = ports;
    this.parent = parent;
    this.ready = ready;
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<RealRouter> {
    const line = await CommandLine.make();
    const ports = await RouterPorts.claim();
    const parent = line.run(['start', ...ports.flags, '--json'], environment);
    const [text] = await parent.shows('stdout', /^.*\n/);
    return new RealRouter(line, ports, parent, JSON.parse(text) as Ready);
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    this.parent.process.kill('SIGTERM');
    await this.parent.finished;
  }

  /** A router on the same ports, after this one, without waiting for anything. */
  startAgain(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Running {
    return this.line.run(['start', ...this.#ports.flags, '--json', ...args], environment);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.ready.port}`;
  }

  get admin(): string {
    return `http://127.0.0.1:${this.ready.adminPort}`;
  }

  /** Runs a command that connects as a user. */
  as(command: string, user: string, ...more: readonly string[]): Running {
    return this.line.run([command, '--as', user, '--url', this.url, ...more]);
  }

  async send(from: string, to: string, ...more: readonly string[]): Promise<Finished> {
    return this.line.mailbeam(['send', '--as', from, '--to', to, '--url', this.url, ...more]);
  }

  /** Takes that many messages of a user, as the objects that --json prints. */
  async take(user: string, count: number): Promise<Record<string, unknown>[]> {
    const taken = await this.as('listen', user, '--json', '--count', String(count)).finished;
    if (taken.code !== 0)
      throw new Error(`listen ended with ${taken.code} after ${taken.stdout.length} characters:\n${taken.stderr}`);
    return taken.stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  async status(): Promise<Record<string, unknown>> {
    const { stdout } = await this.line.mailbeam(['status', '--admin', this.admin, '--json']);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  async nodePid(): Promise<number> {
    return Number((await this.status())['pid']);
  }

  async token(): Promise<string> {
    return (await readFile(path.join(this.line.directory, 'data', 'admin.token'), 'utf8')).trim();
  }

  async dispose(): Promise<void> {
    await this.line.dispose();
    this.#ports.release();
  }
}
