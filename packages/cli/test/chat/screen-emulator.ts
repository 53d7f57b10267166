import { PassThrough } from 'node:stream';
import { displayWidth } from '../../src/chat/display-width.js';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * As much of a terminal as readline and the chat use: text that wraps (late, as terminals do), CR, LF, cursor movements and
 * erasing. It scrolls: what leaves at the top is gone.
 */
export class ScreenEmulator {
  readonly columns: number;
  readonly rows: number;
  readonly stream: NodeJS.WriteStream;
  #cells: string[][];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#cells = Array.from({ length: rows }, () => []);
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => this.#take(chunk.toString()));
    this.stream = Object.assign(stream, { columns, rows, isTTY: true }) as unknown as NodeJS.WriteStream;
  }

  /** The lines on the screen, without blanks at their ends, the empty ones at the bottom left out. */
  get lines(): string[] {
    const lines = this.#cells.map((row) =>
      Array.from(row, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  get cursor(): { row: number; column: number } {
    return { row: this.#row, column: this.#column };
  }

  #take(text: string): void {
    // oxlint-disable-next-line no-control-regex -- escape sequences are what this is about
    const pattern = /\u001b\[(\d*)(?:;\d+)*([A-Za-z])|\r|\n|[^\u001b\r\n]+/g;
    for (const [match, count, command] of text.matchAll(pattern)) {
      if (command !== undefined) this.#command(command, count === '' ? undefined : Number(count));
      else if (match === '\r') this.#column = 0;
      else if (match === '\n') this.#lineFeed();
      else for (const { segment } of segmenter.segment(match)) this.#put(segment);
    }
  }

  #command(command: string, count: number | undefined): void {
    const by = count ?? 1;
    switch (command) {
      case 'A':
        this.#row = Math.max(0, this.#row - by);
        break;
      case 'B':
        this.#row = Math.min(this.rows - 1, this.#row + by);
        break;
      case 'C':
        this.#column = Math.min(this.columns - 1, this.#column + by);
        break;
      case 'D':
        this.#column = Math.max(0, this.#column - by);
        break;
      case 'G':
        this.#column = by - 1;
        break;
      case 'J':
        this.#cells[this.#row]?.splice(this.#column);
        for (let row = this.#row + 1; row < this.rows; row++) this.#cells[row] = [];
        break;
      case 'K':
        this.#cells[this.#row]?.splice(this.#column);
        break;
      case 'm':
        break;
      default:
        throw new Error(`no such sequence: ${command}`);
    }
  }

  #lineFeed(): void {
    // Output processing of a tty turns LF into CR LF.
    this.#column = 0;
    if (this.#row < this.rows - 1) {
      this.#row += 1;
      return;
    }
    this.#cells.shift();
    this.#cells.push([]);
  }

  #put(grapheme: string): void {
    const width = displayWidth(grapheme);
    if (this.#column + width > this.columns) this.#lineFeed();
    const row = this.#cells[this.#row] ?? [];
    while (row.length < this.#column) row.push(' ');
    row[this.#column] = grapheme;
    if (width === 2) row[this.#column + 1] = '';
    this.#column += width;
  }
}
