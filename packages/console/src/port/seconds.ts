import type { SecondsAnswer } from './answers.js';

/** As many seconds are kept as the router keeps. */
const KEPT = 600;

/** A column: null where there was nothing to say. */
export type Column = readonly (number | null)[];

/**
 * The seconds that the page has got, oldest first, in columns for a chart. Where a node was away, or another one has begun,
 * there is a hole of one empty second, so that no line is drawn across.
 */
export class SecondsKept {
  #run = '';
  #last = 0;
  #at: number[] = [];
  #columns: Record<string, (number | null)[]> = {};

  /** What to ask with as `after`. */
  get after(): number {
    return this.#last;
  }

  /** Times, s since the epoch. */
  get at(): readonly number[] {
    return this.#at;
  }

  get isEmpty(): boolean {
    return this.#at.length === 0;
  }

  /** @returns false: they are of another life of the node, and it is to be asked for all that it has */
  add({ run, last, at, columns }: SecondsAnswer): boolean {
    if (this.#run !== '' && run !== this.#run && this.#last > 0) {
      this.#run = run;
      this.#last = 0;
      return false;
    }
    this.#run = run;
    this.#last = last;
    for (const [i, ms] of at.entries()) {
      const seconds = ms / 1_000;
      const before = this.#at.at(-1);
      if (before !== undefined && seconds <= before) continue; // the clock was set back, or it is known
      if (before !== undefined && seconds - before > 3) this.#push(before + 1, {}, 0);
      this.#push(seconds, columns, i);
    }
    this.#trim();
    return true;
  }

  column(name: string): Column {
    return this.#columns[name] ?? this.#at.map(() => null);
  }

  /** The last value that there is; null: none in the last ten seconds. */
  latest(name: string): number | null {
    return this.#columns[name]?.slice(-10).findLast((value) => value !== null) ?? null;
  }

  #push(at: number, columns: SecondsAnswer['columns'], i: number): void {
    this.#at.push(at);
    for (const name of new Set([...Object.keys(this.#columns), ...Object.keys(columns)])) {
      const column = (this.#columns[name] ??= this.#at.slice(1).map(() => null));
      column.push(columns[name]?.[i] ?? null);
    }
  }

  #trim(): void {
    const more = this.#at.length - KEPT;
    if (more <= 0) return;
    this.#at = this.#at.slice(more);
    for (const [name, column] of Object.entries(this.#columns)) this.#columns[name] = column.slice(more);
  }
}
