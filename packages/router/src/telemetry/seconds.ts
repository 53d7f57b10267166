/** So many seconds are kept: ten minutes. */
export const KEPT_SECONDS = 600;

/** What is noted each second, by name; NaN: nothing to say. */
export type SecondFigures = Readonly<Record<string, number>>;

/** Some seconds, column by column; in a column null: nothing to say. */
export interface SecondsView {
  /** Of the node's life: another one counts its seconds anew. */
  readonly run: string;
  /** Number of the last second; what to ask with as `after`. */
  readonly last: number;
  /** Ms since the epoch, oldest first. */
  readonly at: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The last seconds in memory, each under a number of its own, so that whoever asks again gets only what is new. */
export class Seconds {
  readonly #run: string;
  readonly #names: readonly string[];
  /** A row: the time, then each column. */
  readonly #rows: Float64Array;
  readonly #width: number;
  #last = 0;

  /** @param run says which life of a node it is */
  constructor(run: string, names: readonly string[]) {
    this.#run = run;
    this.#names = names;
    this.#width = 1 + names.length;
    this.#rows = new Float64Array(KEPT_SECONDS * this.#width);
  }

  /** @param at ms since the epoch */
  add(at: number, figures: SecondFigures): void {
    const row = (this.#last % KEPT_SECONDS) * this.#width;
    this.#last++;
    this.#rows[row] = at;
    for (const [i, name] of this.#names.entries()) this.#rows[row + 1 + i] = figures[name] ?? NaN;
  }

  /** What came after a second, or all that is kept. */
  after(number: number): SecondsView {
    const first = Math.max(number, this.#last - KEPT_SECONDS, 0);
    const count = Math.max(0, this.#last - first);
    const column = (offset: number): (number | null)[] =>
      Array.from({ length: count }, (_, i) => {
        const value = this.#rows[((first + i) % KEPT_SECONDS) * this.#width + offset]!;
        return Number.isNaN(value) ? null : rounded(value);
      });
    return {
      run: this.#run,
      last: this.#last,
      at: column(0) as number[],
      columns: Object.fromEntries(this.#names.map((name, i) => [name, column(1 + i)])),
    };
  }
}

/** Six figures are more than anybody sees; whole numbers stay as they are. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
