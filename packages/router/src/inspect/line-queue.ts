/** Most lines that wait for a reader who is slower than what is told. */
const MOST_LINES = 2_000;

/** Lines on their way from whoever tells them, within a turn, to whoever reads them, some time. Bounded: what does not fit is counted. */
export class LineQueue<T> {
  #lines: T[] = [];
  #wake: (() => void) | null = null;
  #isOver = false;
  /** How many did not fit. */
  dropped = 0;

  push(line: T): void {
    if (this.#isOver) return;
    if (this.#lines.length >= MOST_LINES) this.dropped++;
    else this.#lines.push(line);
    this.#wake?.();
  }

  /** Adds the last line, for which there always is room. Those that wait are still read. */
  end(last: T): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lines.push(last);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const lines = this.#lines;
      this.#lines = [];
      yield* lines;
      if (this.#lines.length > 0) continue;
      if (this.#isOver) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = null;
    }
  }
}
