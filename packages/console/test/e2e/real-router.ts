import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { RouterPorts } from '@mailbeam/tools/ports';

const packages = join(import.meta.dirname, '../../..');
const bin = join(packages, 'cli/bin/mailbeam.js');

/** Rules that fire at once, so that nobody waits. */
const rules = [
  {
    name: 'deep',
    summary: 'A hundred messages wait.',
    classes: ['away', 'session'],
    warning: { depth: 100 },
    critical: { depth: 5_000 },
    forSeconds: 0,
    clearForSeconds: 0,
  },
];

/** A router in processes of its own, on a directory of its own; needs a build. It can be stopped, and started again on the same ports. */
export class RealRouter {
  readonly directory: string;
  readonly #ports: RouterPorts;
  #parent!: ChildProcess;

  private constructor(directory: string, ports: RouterPorts) {
    this.directory = directory;
    this.#ports = ports;
  }

  static async start(): Promise<RealRouter> {
    const router = new RealRouter(await mkdtemp(join(tmpdir(), 'mailbeam-console-e2e-')), await RouterPorts.claim());
    await mkdir(join(router.directory, 'handlers'));
    await router.startAgain();
    return router;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#ports.port}`;
  }

  get admin(): string {
    return `http://127.0.0.1:${this.#ports.adminPort}`;
  }

  async startAgain(): Promise<void> {
    const args = [bin, 'start', ...this.#ports.flags, '--data', join(this.directory, 'data'), '--json'];
    this.#parent = spawn(process.execPath, args, {
      cwd: this.directory,
      env: {
        ...process.env,
        MAILBEAM_CODE_HANDLERS: join(this.directory, 'handlers'),
        MAILBEAM_ALERTS_RULES: JSON.stringify(rules),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    this.#parent.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await Promise.race([
      once(createInterface({ input: this.#parent.stdout! }), 'line'),
      once(this.#parent, 'exit').then(([code]) => {
        throw new Error(`the router ended with ${String(code)}:\n${log}`);
      }),
    ]);
  }

  /** What `mailbeam console` prints: a link that opens once. */
  async link(): Promise<string> {
    const command = spawn(
      process.execPath,
      [bin, 'console', '--admin', this.admin, '--data', join(this.directory, 'data')],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    return (await text(command.stdout)).trim();
  }

  /** Puts a sample handler module into the handlers directory, under that name. */
  async copySample(sample: string, file: string): Promise<void> {
    await cp(join(packages, 'handlers/src', sample), join(this.directory, 'handlers', file));
  }

  async writeHandler(file: string, source: string): Promise<void> {
    await writeFile(join(this.directory, 'handlers', file), source);
  }

  async stop(): Promise<void> {
    if (this.#parent.exitCode !== null || this.#parent.signalCode !== null) return;
    this.#parent.kill('SIGTERM');
    await once(this.#parent, 'exit');
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.#ports.release();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
