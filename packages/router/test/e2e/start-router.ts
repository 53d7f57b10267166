import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { RouterPorts } from '@mailbeam/tools/ports';

const root = dirname(dirname(dirname(dirname(import.meta.dirname))));
const bin = join(root, 'packages/cli/bin/mailbeam.js');

/** The parts of /status that these tests look at. */
export interface Status {
  readonly pid: number;
  readonly connections: number;
  readonly pendingMessages: number;
  readonly ledger: {
    readonly accepted: number;
    readonly delivered: number;
    readonly failed: number;
    readonly pending: number;
    readonly imbalance: number;
  };
  readonly store: { readonly quiet: boolean; readonly messages: number };
}

/** What the admin port answered. */
export interface Asked {
  readonly status: number;
  readonly body: unknown;
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A real router: `mailbeam start` with its node, in processes of their own, on a real LMDB directory. */
export class StartedRouter {
  readonly data: string;
  readonly ended: Promise<Ended>;
  readonly #ports: RouterPorts;
  readonly #parent: ChildProcess;
  #stderr = '';

  private constructor(ports: RouterPorts, parent: ChildProcess, data: string) {
    this.#ports = ports;
    this.#parent = parent;
    this.data = data;
    parent.stderr!.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.ended = once(parent, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stderr: this.#stderr,
    }));
  }

  get port(): number {
    return this.#ports.port;
  }

  get adminPort(): number {
    return this.#ports.adminPort;
  }

  /**
   * Starts it without waiting for anything.
   * @param env configuration, such as `MAILBEAM_IDLE_TIMEOUT_SECONDS`
   * @param data its directory, removed in the end; default: a new one
   */
  static async spawn(
    env: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
    data = mkdtempSync(join(tmpdir(), 'mailbeam-router-e2e-')),
  ): Promise<StartedRouter> {
    const ports = await RouterPorts.claim();
    const parent = spawn(process.execPath, [bin, 'start', ...ports.flags, '--data', data, '--json', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new StartedRouter(ports, parent, data);
  }

  /** Starts it and waits until it takes connections. */
  static async start(env: Readonly<Record<string, string>> = {}, data?: string): Promise<StartedRouter> {
    const router = await StartedRouter.spawn(env, [], data);
    await router.#ready();
    return router;
  }

  async #ready(): Promise<void> {
    const lines = createInterface({ input: this.#parent.stdout! });
    const line = await Promise.race([once(lines, 'line'), this.ended]);
    if (!Array.isArray(line)) throw new Error(`the router did not start:\n${line.stderr}`);
  }

  async status(): Promise<Status> {
    return (await this.ask('GET', '/status')).body as Status;
  }

  /** Asks the admin port, on a connection of its own. */
  async ask(method: string, path: string, body?: unknown): Promise<Asked> {
    const token = readFileSync(join(this.data, 'admin.token'), 'utf8').trim();
    const asking = request({
      ...{ method, host: '127.0.0.1', port: this.adminPort, path, agent: false, timeout: 30_000 },
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    asking.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    return { status: response.statusCode!, body: await json(response) };
  }

  /** Loads a file of its handlers, ungated, and waits until it is live. */
  async load(file: string): Promise<void> {
    const begun = await this.ask('POST', '/code/load', { file, gateMs: 0 });
    let operation = begun.body as { id: string; seq: number; phase: string };
    while (begun.status === 202 && !['kept', 'failed', 'rolled_back'].includes(operation.phase)) {
      const path = `/code/operations/${operation.id}?afterSeq=${operation.seq}&waitMs=10000`;
      operation = (await this.ask('GET', path)).body as typeof operation;
    }
    if (operation.phase !== 'kept') throw new Error(`${file} is not live: ${JSON.stringify(operation)}`);
  }

  /** Asks until it is so; fails after a minute. */
  async statusWhen(isSo: (status: Status) => boolean): Promise<Status> {
    const end = performance.now() + 60_000;
    for (;;) {
      const status = await this.status().catch(() => undefined);
      if (status !== undefined && isSo(status)) return status;
      if (performance.now() > end) throw new Error(`never so: ${JSON.stringify(status)}`);
    }
  }

  /** SIGKILL for the node; its parent starts another. Resolves when that one is up. */
  async killNode(): Promise<void> {
    const { pid } = await this.status();
    process.kill(pid, 'SIGKILL');
    await this.statusWhen((status) => status.pid !== pid);
  }

  /** The processes of the nodes: children of `mailbeam start`. */
  nodePids(): number[] {
    const pid = this.#parent.pid!;
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  }

  signal(name: NodeJS.Signals): void {
    this.#parent.kill(name);
  }

  /** `mailbeam store check` on its directory, once it has ended: exit code, and what it says. */
  async checkStore(): Promise<{ readonly code: number | null; readonly says: string }> {
    const child = spawn(process.execPath, [bin, 'store', 'check', '--data', this.data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let says = '';
    child.stdout.on('data', (chunk: Buffer) => (says += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (says += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, says };
  }

  async dispose(): Promise<void> {
    if (this.#parent.exitCode === null && this.#parent.signalCode === null) this.#parent.kill('SIGKILL');
    await this.ended;
    this.#ports.release();
    rmSync(this.data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
