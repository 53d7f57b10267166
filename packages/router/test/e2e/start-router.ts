import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';

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
  readonly #parent: ChildProcess;
  port = 0;
  adminPort = 0;
  #stderr = '';

  private constructor(parent: ChildProcess, data: string) {
    this.#parent = parent;
    this.data = data;
    parent.stderr!.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.ended = once(parent, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stderr: this.#stderr,
    }));
  }

  /** Starts it without waiting for anything. @param env configuration, such as `MAILBEAM_IDLE_TIMEOUT_SECONDS` */
  static spawn(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): StartedRouter {
    const data = mkdtempSync(join(tmpdir(), 'mailbeam-router-e2e-'));
    const ports = ['--port', '0', '--admin-port', '0'];
    const parent = spawn(process.execPath, [bin, 'start', ...ports, '--data', data, '--json', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new StartedRouter(parent, data);
  }

  /** Starts it and waits until it takes connections. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<StartedRouter> {
    const router = StartedRouter.spawn(env);
    await router.#ready();
    return router;
  }

  async #ready(): Promise<void> {
    const lines = createInterface({ input: this.#parent.stdout! });
    const line = await Promise.race([once(lines, 'line'), this.ended]);
    if (!Array.isArray(line)) throw new Error(`the router did not start:\n${line.stderr}`);
    const { port, adminPort } = JSON.parse(line[0] as string) as { port: number; adminPort: number };
    this.port = port;
    this.adminPort = adminPort;
  }

  async status(): Promise<Status> {
    const token = readFileSync(join(this.data, 'admin.token'), 'utf8').trim();
    const request = get({
      ...{ host: '127.0.0.1', port: this.adminPort, path: '/status', agent: false, timeout: 10_000 },
      headers: { authorization: `Bearer ${token}` },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return (await json(response)) as Status;
  }

  /** Asks until it is so; fails after 10 s. */
  async statusWhen(isSo: (status: Status) => boolean): Promise<Status> {
    const end = performance.now() + 10_000;
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
    rmSync(this.data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
