import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { JobCall, JobResult, LoadJob } from './load-jobs.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { TallySnapshot } from './load-tally.js';

/** What a whole fleet did in one window. */
export interface FleetTally {
  readonly sent: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly delivered: number;
  readonly receipts: number;
  readonly acceptUs: LatencyHistogram;
  readonly deliverUs: LatencyHistogram;
}

interface Waiting {
  resolve(value: TallySnapshot | number | null): void;
  reject(error: Error): void;
}

/** One load process as its parent sees it. */
class LoadProcess {
  readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(entry: string) {
    this.child = fork(entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.child.on('message', (result: JobResult) => {
      const waiting = this.waiting.get(result.id);
      this.waiting.delete(result.id);
      if (result.ok) waiting?.resolve(result.value);
      else waiting?.reject(new Error(result.message));
    });
    this.child.on('exit', (code, signal) => {
      for (const waiting of this.waiting.values())
        waiting.reject(new Error(`load process ended with ${code ?? signal}`));
      this.waiting.clear();
    });
  }

  run(job: LoadJob): Promise<TallySnapshot | number | null> {
    return new Promise((resolve, reject) => {
      const call: JobCall = { id: ++this.lastId, job };
      this.waiting.set(call.id, { resolve, reject });
      this.child.send(call);
    });
  }
}

/**
 * Several load processes that drive one server, so that the server, not the client, is what is measured. Users are dealt
 * out in even, adjoining ranges.
 */
export class LoadFleet {
  private readonly processes: LoadProcess[];

  /** `size` processes; two drive more than one server core can take. */
  constructor(size = 2) {
    const entry = fileURLToPath(new URL('./load-process.js', import.meta.url));
    this.processes = Array.from({ length: size }, () => new LoadProcess(entry));
  }

  /** Must come first: where to connect, and what every HELLO and SEND looks like. */
  async open(options: { readonly port: number; readonly window: number; readonly bodyBytes: number }): Promise<void> {
    await this.all(() => ({ do: 'open', ...options }));
  }

  /** Logs `count` users in; resolves when all have their WELCOME. */
  async login(group: string, prefix: string, count: number, overMs = 0): Promise<void> {
    await this.all((share) => ({ do: 'login', group, users: { prefix, ...share(count) }, overMs }));
  }

  async logout(group: string): Promise<void> {
    await this.all(() => ({ do: 'logout', group }));
  }

  /** Starts everybody in `group` (of `ringSize` users) sending to the next, until {@link halt}. */
  async ring(group: string, ringSize: number, unanswered: number, perSecond = 0): Promise<void> {
    await this.all(() => ({ do: 'ring', group, ringSize, unanswered, perSecond }));
  }

  /** Sends `perUser` messages to each of `users`, in an order shuffled by `seed`; resolves when all are answered. */
  async store(
    group: string,
    work: { senders: number; unanswered: number; prefix: string; users: number; perUser: number; seed: number },
  ): Promise<void> {
    await this.all(() => ({ do: 'store', group, ...work }));
  }

  /** Stops a ring; resolves when every SEND has its answer. */
  async halt(group: string): Promise<void> {
    await this.all(() => ({ do: 'halt', group }));
  }

  /** Messages delivered since the last {@link take}. */
  deliveredSoFar(): Promise<number> {
    return this.soFar('delivered');
  }

  /** Messages sent since the last {@link take}. */
  sentSoFar(): Promise<number> {
    return this.soFar('sent');
  }

  /** Everything since the last call. Throws when anything went wrong. */
  async take(): Promise<FleetTally> {
    const parts = (await this.all(() => ({ do: 'take' }))) as TallySnapshot[];
    const tally = { sent: 0, accepted: 0, rejected: 0, delivered: 0, receipts: 0 };
    const acceptUs = new LatencyHistogram();
    const deliverUs = new LatencyHistogram();
    for (const part of parts) {
      if (part.fault !== '') throw new Error(part.fault);
      for (const key of Object.keys(tally) as (keyof typeof tally)[]) tally[key] += part[key];
      acceptUs.merge(part.acceptUs);
      deliverUs.merge(part.deliverUs);
    }
    return { ...tally, acceptUs, deliverUs };
  }

  /** CPU seconds of each load process so far. */
  async cpuSeconds(): Promise<number[]> {
    return (await this.all(() => ({ do: 'cpu' }))) as number[];
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    await Promise.all(
      this.processes.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.disconnect();
        await ended;
      }),
    );
  }

  private async soFar(what: 'sent' | 'delivered'): Promise<number> {
    const counts = (await this.all(() => ({ do: 'counts' }))) as TallySnapshot[];
    for (const { fault } of counts) if (fault !== '') throw new Error(fault);
    return counts.reduce((sum, count) => sum + count[what], 0);
  }

  private all(
    job: (share: (count: number) => { first: number; count: number }) => LoadJob,
  ): Promise<(TallySnapshot | number | null)[]> {
    const size = this.processes.length;
    return Promise.all(
      this.processes.map((loader, index) =>
        loader.run(
          job((count) => {
            const first = Math.floor((index * count) / size);
            return { first, count: Math.floor(((index + 1) * count) / size) - first };
          }),
        ),
      ),
    );
  }
}
