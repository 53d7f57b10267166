import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { finishedScript } from '../finished-script.js';
import { RouterPorts } from '../ports/router-ports.js';

/** The parts of /status that are used here. */
export interface FuzzedStatus {
  readonly pid: number;
  readonly pendingMessages: number;
  readonly imbalance: number;
  readonly quiet: boolean;
  readonly sessionCrashes: number;
  readonly connections: number;
}

/** Small limits, so that cases reach them cheaply; a message has room for 10,000 levels of nesting. */
const LIMITS = {
  MAILBEAM_LIMITS_MAX_MESSAGE_BYTES: '16384',
  MAILBEAM_LIMITS_SEND_WINDOW: '16',
  MAILBEAM_LIMITS_WATCH: '20',
};

/** `mailbeam start` on a directory of its own, with its node, in processes of their own. */
export class RouterUnderFuzz {
  readonly data = mkdtempSync(join(tmpdir(), 'mailbeam-fuzz-'));
  readonly #root: string;
  #parent!: ChildProcess;
  readonly #ports: RouterPorts;
  /** What the router wrote to its standard error. */
  log = '';

  private constructor(root: string, ports: RouterPorts) {
    this.#root = root;
    this.#ports = ports;
  }

  /** @param root the checkout, or a mutant of it, whose packages/cli/bin/mailbeam.js is started */
  static async start(root: string): Promise<RouterUnderFuzz> {
    const router = new RouterUnderFuzz(root, await RouterPorts.claim());
    try {
      await router.#start();
    } catch (error) {
      await router.dispose();
      throw error;
    }
    return router;
  }

  get port(): number {
    return this.#ports.port;
  }

  async #start(): Promise<void> {
    const args = ['start', ...this.#ports.flags, '--data', this.data, '--json'];
    const parent = spawn(process.execPath, [this.#bin, ...args], {
      env: { ...process.env, ...LIMITS },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#parent = parent;
    parent.stderr.on('data', (chunk: Buffer) => {
      this.log = (this.log + chunk.toString()).slice(-20_000);
    });
    const line = new Promise<string | undefined>((resolve) => {
      createInterface({ input: parent.stdout }).once('line', resolve);
      parent.once('close', () => resolve(undefined));
    });
    const ready = await line;
    if (ready === undefined) throw new Error(`the router did not start:\n${this.log}`);
  }

  async status(): Promise<FuzzedStatus> {
    const token = readFileSync(join(this.data, 'admin.token'), 'utf8').trim();
    const request = get({
      ...{ host: '127.0.0.1', port: this.#ports.adminPort, path: '/status', agent: false, timeout: 60_000 },
      headers: { authorization: `Bearer ${token}` },
    });
    request.on('timeout', () => request.destroy(new Error('/status does not answer')));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const page = (await json(response)) as FuzzedStatus & { ledger: { imbalance: number }; store: { quiet: boolean } };
    const { pid, pendingMessages, sessionCrashes, connections, ledger, store } = page;
    return { pid, pendingMessages, sessionCrashes, connections, imbalance: ledger.imbalance, quiet: store.quiet };
  }

  /** Stops it in good order; '' or what was not in order. */
  async stop(): Promise<string> {
    const parent = this.#parent;
    if (parent.exitCode !== null || parent.signalCode !== null) return 'the router had ended by itself';
    parent.kill('SIGTERM');
    await once(parent, 'exit');
    return parent.exitCode === 0 ? '' : `SIGTERM: exit ${parent.exitCode ?? parent.signalCode}`;
  }

  /** `mailbeam store check` on its directory; '' or what it says. */
  async checkStore(): Promise<string> {
    const { code, text } = await finishedScript(this.#bin, ['store', 'check', '--data', this.data]);
    return code === 0 ? '' : `exit ${code}: ${text}`;
  }

  /** Ends it if it still runs, and removes its directory. */
  async dispose(): Promise<void> {
    const parent = this.#parent as ChildProcess | undefined;
    if (parent !== undefined && parent.exitCode === null && parent.signalCode === null) {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
    this.#ports.release();
    rmSync(this.data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  get #bin(): string {
    return join(this.#root, 'packages/cli/bin/mailbeam.js');
  }
}

/** Private memory of a process in MB (RssAnon); 0 when there is no such process. Linux only. */
export function anonMegabytes(pid: number): number {
  try {
    const kilobytes = /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
