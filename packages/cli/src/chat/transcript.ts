import { displayRows } from './display-width.js';

/** A line of the transcript as it stands on the screen, without styles. */
interface Block {
  readonly id: number;
  readonly plain: string;
}

/** Blocks that are kept: more rows than a screen has. */
const kept = 500;

/** What stands above the input line, oldest first, as far as it may still be on the screen: tells how far up a line is. */
export class Transcript {
  #blocks: Block[] = [];

  /** A line was printed; `id` 0 for one that never changes. */
  add(id: number, plain: string): void {
    this.#blocks.push({ id, plain });
    if (this.#blocks.length > kept) this.#blocks = this.#blocks.slice(-kept / 2);
  }

  /**
   * How many rows above the first row of the input line the first row of the line `id` is, on a terminal of `columns`;
   * undefined when it is not among the `most` rows above it.
   */
  rowsUp(id: number, columns: number, most: number): number | undefined {
    let rows = 0;
    for (const block of this.#blocks.toReversed()) {
      rows += displayRows(block.plain, columns);
      if (rows > most) return undefined;
      if (block.id === id) return rows;
    }
    return undefined;
  }
}
