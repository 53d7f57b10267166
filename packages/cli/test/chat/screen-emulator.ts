import { PassThrough } from 'node:stream';
import { displayWidth } from '../../src/chat/display-width.js';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * As much of a terminal as readline, the chat and the live view use: text that wraps (late, as terminals do) or is cut off, CR,
 * LF, cursor movements, erasing, the other screen. It scrolls: what leaves at the top is gone.
 */
export class ScreenEmulator {
  columns: number;
  rows: number;
  readonly stream: NodeJS.WriteStream;
  #cells: string[][];
  #row = 0;
  #column = 0;
  #wraps = true;
  /** The beginning of a sequence whose end has not come yet. */
  #rest = '';
  /** The screen before the other one was taken. */
  #before: { readonly cells: string[][]; readonly row: number; readonly column: number } | undefined;
  #watchers: (() => void)[] = [];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#cells = Array.from({ length: rows }, () => []);
    const stream = new PassThrough();
    stream.setEncoding('utf8').on('data', (text: string) => {
      this.#take(text);
      this.#changed();
    });
    this.stream = Object.assign(stream, { columns, rows, isTTY: true }) as unknown as NodeJS.WriteStream;
  }

  /** The lines on the screen, without blanks at their ends, the empty ones at the bottom left out. */
  get lines(): string[] {
    return linesOf(this.#cells);
  }

  /** Those of the screen before the other one was taken. */
  get linesBefore(): string[] {
    return linesOf(this.#before?.cells ?? this.#cells);
  }

  /** Settles when a line matches; fails with what there is instead after so long. */
  async shows(pattern: RegExp, ms = 50_000): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#changed();
    }, ms);
    while (!this.lines.some((line) => pattern.test(line))) {
      if (isLate) throw new Error(`no line is ${pattern}:\n${this.lines.join('\n')}`);
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
    clearTimeout(timer);
  }

  /** Whether the other screen is shown. */
  get isOther(): boolean {
    return this.#before !== undefined;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    Object.assign(this.stream, { columns, rows });
    while (this.#cells.length < rows) this.#cells.push([]);
    this.#cells.length = rows;
    this.stream.emit('resize');
  }

  get cursor(): { row: number; column: number } {
    return { row: this.#row, column: this.#column };
  }

  #take(chunk: string): void {
    // oxlint-disable-next-line no-control-regex -- the same
    const [, text = '', rest = ''] = /^(.*?)(\u001b(?:\[[\d;?]*)?)?$/s.exec(this.#rest + chunk) ?? [];
    this.#rest = rest;
    // oxlint-disable-next-line no-control-regex -- escape sequences are what this is about
    const pattern = /\u001b\[(\??\d*)(?:;\d+)*([A-Za-z])|\r|\n|[^\u001b\r\n]+/g;
    for (const [match, count, command] of text.matchAll(pattern)) {
      if (command === 'h' || command === 'l') this.#mode(count ?? '', command === 'h');
      else if (command !== undefined) this.#command(command, count === '' ? undefined : Number(count));
      else if (match === '\r') this.#column = 0;
      else if (match === '\n') this.#lineFeed();
      else for (const { segment } of segmenter.segment(match)) this.#put(segment);
    }
  }

  #changed(): void {
    for (const changed of this.#watchers.splice(0)) changed();
  }

  #mode(mode: string, isOn: boolean): void {
    if (mode === '?7') this.#wraps = isOn;
    if (mode !== '?1049' || isOn === this.isOther) return;
    if (isOn) this.#before = { cells: this.#cells, row: this.#row, column: this.#column };
    this.#cells = isOn ? Array.from({ length: this.rows }, () => []) : this.#before!.cells;
    if (isOn) return;
    this.#row = this.#before!.row;
    this.#column = this.#before!.column;
    this.#before = undefined;
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
      case 'H':
        this.#row = 0;
        this.#column = 0;
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
    if (this.#column + width > this.columns) {
      if (!this.#wraps) return;
      this.#lineFeed();
    }
    const row = this.#cells[this.#row] ?? [];
    while (row.length < this.#column) row.push(' ');
    row[this.#column] = grapheme;
    if (width === 2) row[this.#column + 1] = '';
    this.#column += width;
  }
}

function linesOf(cells: readonly (readonly string[])[]): string[] {
  const lines = cells.map((row) =>
    Array.from(row, (cell) => cell ?? ' ')
      .join('')
      .trimEnd(),
  );
  while (lines.at(-1) === '') lines.pop();
  return lines;
}
