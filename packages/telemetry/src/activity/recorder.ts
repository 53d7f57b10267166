import type { Cancel, TelemetryClock } from '../clock.js';
import { systemClock } from '../clock.js';
import { ActivityFile } from './activity-file.js';
import type { Column } from './column.js';

const EACH_MS = 1_000;

/** What a recorder is made of. */
export interface RecorderOptions<T> {
  /** Directory of the file. */
  readonly data: string;
  /** So many seconds are kept. */
  readonly capacity: number;
  readonly columns: readonly Column<T>[];
  /** What the columns are read from, once a second. */
  readonly sample: () => T;
  /** It does not record: a full disk, of which each second is a new try; told once, until it records again. */
  readonly onTrouble: (error: unknown) => void;
  readonly clock?: TelemetryClock;
  /** Monotonic ms; default: the machine's. */
  readonly mono?: () => number;
  /** When this process started, ms since the epoch; default: when it did. */
  readonly run?: number;
}

/** Records once a second what the columns say, at whole seconds as far as the event loop lets it. */
export class Recorder<T> {
  readonly #options: RecorderOptions<T>;
  readonly #clock: TelemetryClock;
  readonly #mono: () => number;
  readonly #run: number;
  readonly #opening: Promise<void>;
  #file: ActivityFile | null = null;
  #cancel: Cancel | null = null;
  #last: Promise<void> = Promise.resolve();
  #isTroubled = false;
  #isClosed = false;

  constructor(options: RecorderOptions<T>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#mono = options.mono ?? ((): number => performance.now());
    this.#run = options.run ?? performance.timeOrigin;
    this.#opening = this.#open();
  }

  /** Resolves when it records, or has told why it does not. */
  get opened(): Promise<void> {
    return this.#opening;
  }

  /** Resolves when what its timer began is written, or failed. */
  get settled(): Promise<void> {
    return this.#last;
  }

  async #open(): Promise<void> {
    const { data, columns, capacity } = this.#options;
    try {
      this.#file = await ActivityFile.open(data, columns, capacity);
    } catch (error) {
      this.#trouble(error);
      return;
    }
    if (this.#isClosed) return;
    await this.record();
    this.#wait();
  }

  #wait(): void {
    if (this.#isClosed) return;
    const untilWhole = EACH_MS - (this.#clock.wall() % EACH_MS);
    this.#cancel = this.#clock.after(untilWhole, () => {
      this.#last = this.record();
      this.#wait();
    });
  }

  /** One record, now. Resolves when it is written or failed. */
  async record(): Promise<void> {
    if (this.#file === null) return;
    const { columns, sample } = this.#options;
    try {
      const from = sample();
      const values = Float64Array.from(columns, ({ read }) => read(from));
      await this.#file.append({ at: this.#clock.wall(), mono: this.#mono(), run: this.#run, values });
      this.#isTroubled = false;
    } catch (error) {
      this.#trouble(error);
    }
  }

  #trouble(error: unknown): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.#options.onTrouble(error);
  }

  /** Ends it; what was recorded stays. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#opening;
    await this.#file?.close();
    this.#file = null;
  }
}
