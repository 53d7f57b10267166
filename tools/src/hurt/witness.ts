import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WitnessWindow } from './witness-process.js';

/** Two people in a process of their own who talk to each other, and measure. Built code only. */
export class Witness {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(port: number): Promise<Witness> {
    const entry = fileURLToPath(new URL('witness-process.js', import.meta.url));
    const child = fork(entry, [String(port)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await once(child, 'message');
    return new Witness(child);
  }

  /** What was measured since the last time. @throws when the witness was not served any more */
  async take(): Promise<WitnessWindow> {
    this.#child.send('take');
    const [{ window, fault }] = (await once(this.#child, 'message')) as [{ window?: WitnessWindow; fault?: string }];
    if (window === undefined) throw new Error(fault);
    return window;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
