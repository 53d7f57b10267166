import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the process of the router is told: telemetry on, a profile on, both off, wait for its disk, say its CPU time in microseconds, end. */
export type HostOrder = 'measure' | 'profile' | 'rest' | 'quiet' | 'cpu' | 'stop';

/** The answer to each order but the last; the first, unasked, is the port that it listens on. */
export interface HostReply {
  readonly value: number;
}

/** A router in a process of its own that takes orders. */
export class MeasuredRouter {
  readonly #child: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(dataDir: string): Promise<MeasuredRouter> {
    const child = fork(fileURLToPath(new URL('./measured-router.js', import.meta.url)), [dataDir]);
    return new MeasuredRouter(child, await answer(child));
  }

  async order(order: Exclude<HostOrder, 'stop'>): Promise<number> {
    const answered = answer(this.#child);
    this.#child.send(order);
    return answered;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.send('stop');
    await ended;
  }
}

async function answer(child: ChildProcess): Promise<number> {
  const ended = new AbortController();
  const onExit = (): void => ended.abort(new Error('the router has ended'));
  child.once('exit', onExit);
  const [{ value }] = (await once(child, 'message', { signal: ended.signal })) as [HostReply];
  child.off('exit', onExit);
  return value;
}
