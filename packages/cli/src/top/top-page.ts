import { displayWidth } from '../chat/display-width.js';
import { fitted } from '../inspect/fitted.js';

/** Lines that a page keeps; older ones go. */
const mostLines = 1_000;

/** A page of text that is read, with more lines than the terminal, perhaps, and still growing, perhaps. */
export class TopPage {
  readonly title: string;
  /** Of a page that grows the end is what counts, until one scrolls up. */
  readonly #showsEnd: boolean;
  #lines: readonly string[] = [];
  /** Rows from the beginning, or before the end. */
  #scrolled = 0;

  constructor(title: string, showsEnd: boolean) {
    this.title = title;
    this.#showsEnd = showsEnd;
  }

  set(lines: readonly string[]): void {
    this.#lines = lines;
  }

  add(line: string): void {
    this.#lines = [...this.#lines.slice(1 - mostLines), line];
  }

  scroll(by: number): void {
    this.#scrolled = Math.max(0, this.#scrolled + (this.#showsEnd ? -by : by));
  }

  /** What is seen of it on a terminal of so many columns, in so many rows. */
  rows(columns: number, count: number): string[] {
    const all = this.#lines.flatMap((line) => wrapped(line, columns));
    this.#scrolled = Math.min(this.#scrolled, Math.max(0, all.length - count));
    const from = this.#showsEnd ? Math.max(0, all.length - count - this.#scrolled) : this.#scrolled;
    return all.slice(from, from + count);
  }
}

const indent = '    ';

/** A line without styles in as many rows as it takes, those after the first indented. */
function wrapped(line: string, columns: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const letter of fitted(line, Infinity)) {
    if (displayWidth(row + letter) > columns && row.trim() !== '') {
      rows.push(row);
      row = indent;
    }
    row += letter;
  }
  return [...rows, row];
}
