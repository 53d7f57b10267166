import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killWithChildren } from '../crash/child-processes.js';
import { RouterPorts } from '../ports/router-ports.js';

const startLimitMs = 60_000;

/** `mailbeam start` on ports of its own, with its node, as it is in production. */
export class StartedRouter {
  readonly data: string;
  readonly #ports: RouterPorts;
  readonly #parent: ChildProcess;
  /** Its log. */
  output = '';

  private constructor(parent: ChildProcess, data: string, ports: RouterPorts) {
    this.#parent = parent;
    this.data = data;
    this.#ports = ports;
  }

  get port(): number {
    return this.#ports.port;
  }

  get adminPort(): number {
    return this.#ports.adminPort;
  }

  static async start(root: string, data: string, env: Readonly<Record<string, string>>): Promise<StartedRouter> {
    const bin = join(root, 'packages/cli/bin/mailbeam.js');
    const ports = await RouterPorts.claim();
    const args = ['start', ...ports.flags, '--data', data, '--json'];
    const parent = spawn(process.execPath, [bin, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer): void => void (output += chunk.toString());
    parent.stderr.on('data', keep);
    const lines = createInterface({ input: parent.stdout });
    const gone = new AbortController();
    parent.once('exit', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(startLimitMs)]);
    try {
      await once(lines, 'line', { signal });
    } catch (cause) {
      parent.kill('SIGKILL');
      ports.release();
      throw new Error(`the router did not come up:\n${output}`, { cause });
    }
    const router = new StartedRouter(parent, data, ports);
    // this process ends without `stop`, as at Ctrl-C
    const onExit = (): void => void killWithChildren(parent.pid!);
    process.once('exit', onExit);
    parent.once('exit', () => {
      process.off('exit', onExit);
      ports.release();
    });
    router.output = output;
    parent.stderr.off('data', keep);
    parent.stderr.on('data', (chunk: Buffer) => (router.output += chunk.toString()));
    return router;
  }

  /** How often its node was started again, by its own words. */
  get restarts(): number {
    return this.output.split('\n').filter((line) => /started again|starting (?:it )?again/i.test(line)).length;
  }

  get pid(): number {
    return this.#parent.pid!;
  }

  /** In good order, and by force after 8 s. */
  async stop(): Promise<void> {
    if (this.#parent.exitCode !== null || this.#parent.signalCode !== null) return;
    const ended = once(this.#parent, 'exit');
    this.#parent.kill('SIGTERM');
    const limit = setTimeout(() => this.#parent.kill('SIGKILL'), 8_000);
    await ended;
    clearTimeout(limit);
  }
}
