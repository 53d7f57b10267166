/** One row on one side: a loop of messages whose runs are timed. */
export interface Program {
  /** Operations that one run does; figures are for one of them. */
  readonly operations: number;
  /** Before each run, not timed. */
  readonly before?: () => void;
  readonly run: () => Promise<void>;
}

/** How large the programs are; the same on each side, but for nact, which gets fewer messages in a run. */
export interface ProgramSizes {
  /** Round trips, hops and calls of one run. */
  readonly batch: number;
  readonly senders: number;
  /** Messages that each sender sends in one run. */
  readonly each: number;
  readonly ring: number;
  /** Actors spawned in one run. */
  readonly spawned: number;
  readonly idle: number;
  readonly restarted: number;
}

const order = ['batch', 'senders', 'each', 'ring', 'spawned', 'idle', 'restarted'] as const;

/** The sizes as an argument of a side's process. */
export function sizesToText(sizes: ProgramSizes): string {
  return order.map((key) => sizes[key]).join(',');
}

/** @throws Error if it is not what `sizesToText` writes */
export function sizesFromText(text: string): ProgramSizes {
  const numbers = text.split(',').map(Number);
  if (numbers.length !== order.length || !numbers.every((n) => Number.isSafeInteger(n) && n > 0))
    throw new Error(`sizes are ${order.join(',')}, whole numbers from 1, not ${text}`);
  return Object.fromEntries(order.map((key, i) => [key, numbers[i]])) as unknown as ProgramSizes;
}

/** What a side's process prints for a row: ns of an operation, or bytes of an idle actor. */
export interface SideRow {
  readonly row: string;
  readonly p50: number;
  readonly p99: number;
  /** How many runs the figures are of. */
  readonly runs: number;
  /** `idle` only: growth of RssAnon, bytes for each. */
  readonly rss?: number;
}

/** A promise and what settles it: a run waits for an actor to say that it is over. */
export class Over {
  #resolve: () => void = () => undefined;

  wait(begin: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      begin();
    });
  }

  readonly say = (): void => this.#resolve();
}
