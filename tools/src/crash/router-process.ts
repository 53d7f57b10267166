import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { finishedScript } from '../finished-script.js';
import { RouterPorts } from '../ports/router-ports.js';
import { fetchJson, fetchStatus } from './admin-status.js';
import { childrenOf, isRunning, killWithChildren, signal } from './child-processes.js';
import type { RouterStatus, RouterUnderTest } from './router-under-test.js';
import type { Victim } from './scenario.js';
import { until } from './waiting.js';

/** What takes longer is hung, ms. */
const hungMs = 60_000;
/** Longest time for the end of a node whose parent was killed: 1 s is promised, the machine is shared. */
const orphanLimitMs = 1_500;
/** Longest time for an end in good order: 5 s are promised. */
const stopLimitMs = 5_500;

export interface RouterProcessOptions {
  /** The checkout (or a mutant of it): its packages/cli/bin/mailbeam.js is started. */
  readonly root: string;
  /** Configuration by environment on top of that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where its data directory is made; default: the system's directory for temporary files. */
  readonly parent?: string;
}

/** A router as it is in production: `mailbeam start` with its node, in processes of their own, on a directory of its own. */
export class RouterProcess implements RouterUnderTest {
  readonly data: string;
  readonly complaints: string[] = [];
  output = '';
  readonly #options: RouterProcessOptions;
  #parent: ChildProcess | undefined;
  #ports: RouterPorts | undefined;
  /** The node as it was when last looked at. */
  #nodePid = 0;
  #expectEnd = false;
  /** What the last start took. */
  #startMs = 0;
  #restarting: Promise<void> = Promise.resolve();
  /** This process ends without `dispose`, as at Ctrl-C: there is no time to wait for anything. */
  readonly #onExit = (): void => {
    if (this.#isRunning) killWithChildren(this.#parent!.pid!);
    this.#removeData();
  };

  constructor(options: RouterProcessOptions) {
    this.#options = options;
    this.data = mkdtempSync(join(options.parent ?? tmpdir(), 'mailbeam-crash-'));
    process.once('exit', this.#onExit);
  }

  /** 0 before it was started. */
  get port(): number {
    return this.#ports?.port ?? 0;
  }

  get #adminPort(): number {
    return this.#ports?.adminPort ?? 0;
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.#adminPort}`;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/v1/socket`;
  }

  async start(): Promise<void> {
    const ports = await this.#claimed();
    const begin = performance.now();
    const parent = this.#spawn(ports);
    const line = await firstLine(parent, hungMs);
    this.#startMs = performance.now() - begin;
    // a further kill may fall into this start
    const isKilled = parent.signalCode === 'SIGKILL';
    if (line === undefined && !isKilled) throw new Error(`the router did not come up:\n${this.output}`);
  }

  async startAndKill(ms: number): Promise<void> {
    const parent = this.#spawn(await this.#claimed());
    await delay(ms);
    await this.#killBoth(parent);
  }

  async kill(victim: Victim): Promise<void> {
    const parent = this.#parent;
    if (parent?.pid === undefined) return;
    this.#nodePid = childrenOf(parent.pid)[0] ?? this.#nodePid;
    if (victim === 'node') {
      if (this.#nodePid !== 0) signal(this.#nodePid, 'SIGKILL');
      return;
    }
    if (victim === 'both') await this.#killBoth(parent);
    else await this.#killParent(parent);
    this.#restarting = this.start();
    // Whoever waits for the restart hears of its failure; nobody may be waiting yet.
    this.#restarting.catch((error: unknown) => this.complaints.push(String(error)));
  }

  async nextNode(): Promise<void> {
    const killed = this.#nodePid;
    const found = await until(
      () => {
        const pid = this.#parent?.pid === undefined ? undefined : childrenOf(this.#parent.pid)[0];
        if (pid === undefined || pid === killed) return false;
        this.#nodePid = pid;
        return true;
      },
      hungMs,
      1,
    );
    if (!found) this.complaints.push('no node was started after a kill');
  }

  status(): Promise<RouterStatus | undefined> {
    return fetchStatus(this.#adminPort, this.data);
  }

  /** Another page of the admin port; undefined while it does not answer with 200. */
  page(path: string): Promise<unknown> {
    return fetchJson(this.#adminPort, path, this.data);
  }

  async stop(): Promise<string> {
    const parent = this.#parent;
    if (parent === undefined || parent.exitCode !== null) return 'the parent has ended by itself';
    this.#expectEnd = true;
    const begin = performance.now();
    parent.kill('SIGTERM');
    const ended = await until(() => parent.exitCode !== null || parent.signalCode !== null, hungMs);
    const ms = Math.round(performance.now() - begin);
    if (!ended) return `SIGTERM did not end it within ${hungMs / 1_000} s`;
    return parent.exitCode === 0 && ms < this.#busyLimit(stopLimitMs)
      ? ''
      : `SIGTERM: exit ${parent.exitCode ?? parent.signalCode} after ${ms} ms`;
  }

  async checkStore(): Promise<string> {
    const { code, text } = await finishedScript(this.#bin, ['store', 'check', '--data', this.data]);
    return code === 0 ? '' : `exit ${code}: ${text}`;
  }

  async dispose(keepData: boolean): Promise<void> {
    await this.#restarting.catch(() => undefined);
    if (this.#isRunning) await this.#killBoth(this.#parent!);
    process.off('exit', this.#onExit);
    this.#ports?.release();
    if (!keepData) this.#removeData();
  }

  get #isRunning(): boolean {
    const parent = this.#parent;
    return parent?.pid !== undefined && parent.exitCode === null && parent.signalCode === null;
  }

  /** Tries again while a node that was killed a moment ago still adds a file. */
  #removeData(): void {
    rmSync(this.data, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }

  async #claimed(): Promise<RouterPorts> {
    return (this.#ports ??= await RouterPorts.claim());
  }

  get #bin(): string {
    return join(this.#options.root, 'packages/cli/bin/mailbeam.js');
  }

  /** A limit of real time: this, or on a busy machine as long as a start takes there, ms. */
  #busyLimit(limitMs: number): number {
    return Math.max(limitMs, this.#startMs);
  }

  #spawn(ports: RouterPorts): ChildProcess {
    const parent = spawn(process.execPath, [this.#bin, 'start', ...ports.flags, '--data', this.data, '--json'], {
      // A node that is killed a dozen times in a minute is what this is about.
      env: {
        ...process.env,
        MAILBEAM_RESTART_INTENSITY: '1000',
        MAILBEAM_RESTART_MAX_DELAY_MS: '100',
        ...this.#options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#parent = parent;
    this.#expectEnd = false;
    parent.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    parent.once('exit', (code, name) => {
      if (this.#parent === parent && !this.#expectEnd)
        this.complaints.push(`the parent ended by itself: ${code ?? name}\n${this.output.slice(-2000)}`);
    });
    return parent;
  }

  async #killBoth(parent: ChildProcess): Promise<void> {
    this.#expectEnd = true;
    const { pid } = parent;
    if (pid === undefined) return;
    const children = killWithChildren(pid);
    this.#nodePid = children[0] ?? 0;
    await until(() => ![pid, ...children].some(isRunning), hungMs, 1);
  }

  async #killParent(parent: ChildProcess): Promise<void> {
    this.#expectEnd = true;
    const { pid } = parent;
    if (pid === undefined) return;
    const children = childrenOf(pid);
    this.#nodePid = children[0] ?? 0;
    signal(pid, 'SIGKILL');
    const begin = performance.now();
    await until(() => !children.some(isRunning), hungMs, 2);
    const ms = Math.round(performance.now() - begin);
    if (ms > this.#busyLimit(orphanLimitMs))
      this.complaints.push(`the node ended ${ms} ms after its parent was killed`);
    for (const child of children) signal(child, 'SIGKILL');
  }
}

/** The first line on a child's standard output; undefined when it ends, or `limitMs` pass, without one. */
export async function firstLine(child: ChildProcess, limitMs: number): Promise<string | undefined> {
  const { stdout } = child;
  if (stdout === null) return undefined;
  const lines = createInterface({ input: stdout });
  const end = new AbortController();
  // not AbortSignal.timeout: one that only AbortSignal.any refers to may be collected before its time
  const timer = setTimeout(() => end.abort(), limitMs);
  child.once('close', () => end.abort());
  try {
    const [line] = (await once(lines, 'line', { signal: end.signal })) as [string];
    return line;
  } catch (error) {
    if ((error as Error).name === 'AbortError') return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
