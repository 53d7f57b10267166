import { createInterface, cursorTo, moveCursor } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Output } from '../output.js';
import { clockText, shownText } from '../shown-text.js';
import { displayWidth } from './display-width.js';
import type { ChatScreen } from './screen.js';
import { laterStage, tickOf } from './stage.js';
import type { Stage } from './stage.js';
import { Transcript } from './transcript.js';

const clearDown = '\u001b[J';
/** Column of the tick: after `14:03 `. */
const tickColumn = 6;

/**
 * A conversation on a terminal: the input line stays at the bottom and is kept intact while lines appear above it, and
 * the ticks of lines that are still on the screen change where they stand.
 *
 *     14:03 ✓✓ lunch?
 *     14:03 bob: in ten minutes
 *     alice> see you th_
 */
export class TerminalScreen implements ChatScreen {
  readonly #output: Output;
  readonly #terminal: NodeJS.WriteStream;
  readonly #readline: Interface;
  readonly #prompt: string;
  readonly #transcript = new Transcript();
  readonly #stages = new Map<number, Stage>();
  #closed = false;

  constructor(input: NodeJS.ReadStream, terminal: NodeJS.WriteStream, output: Output, name: string) {
    this.#output = output;
    this.#terminal = terminal;
    this.#prompt = `${shownText(name)}> `;
    this.#readline = createInterface({ input, output: terminal, prompt: this.#prompt, historySize: 100 });
    this.#readline.on('SIGINT', () => this.close());
    this.#readline.on('close', () => this.close());
    this.#readline.prompt();
  }

  said(id: number, text: string, ts: number): void {
    const shown = shownText(text);
    this.#stages.set(id, 'sending');
    this.#print(id, `${clockText(ts)} ${tickOf('sending').sign} ${shown}`, this.#line(ts, 'sending', shown));
  }

  reached(id: number, stage: Stage, detail: string): void {
    const before = this.#stages.get(id);
    if (before === undefined || laterStage(before, stage) === before) return;
    this.#stages.set(id, stage);
    this.#retick(id, stage);
    if (stage === 'rejected' || stage === 'failed') this.notice(`not delivered: ${detail}`);
    if (stage === 'read' || stage === 'rejected' || stage === 'failed') this.#stages.delete(id);
  }

  received(from: string, text: string, ts: number): void {
    const name = shownText(from);
    const shown = shownText(text);
    this.#print(
      0,
      `${clockText(ts)} ${name}: ${shown}`,
      `${this.#output.style('dim', clockText(ts))} ${this.#output.style('bold', `${name}:`)} ${shown}`,
    );
  }

  notice(text: string): void {
    const line = `-- ${shownText(text)}`;
    this.#print(0, line, this.#output.style('dim', line));
  }

  read(onLine: (line: string) => Promise<void>): Promise<void> {
    // The event, not the iterator: the entered line must be taken back before the next one is drawn.
    this.#readline.on('line', (line) => {
      this.#takeBack(line);
      void onLine(line);
    });
    return new Promise((resolve) => {
      this.#readline.once('close', () => resolve());
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#toInputLine();
    this.#terminal.write(clearDown);
    this.#readline.close();
  }

  #line(ts: number, stage: Stage, shown: string): string {
    return `${this.#output.style('dim', clockText(ts))} ${this.#tick(stage)} ${shown}`;
  }

  #tick(stage: Stage): string {
    const { sign, style } = tickOf(stage);
    return style === undefined ? sign : this.#output.style(style, sign);
  }

  /** Writes a line above the input line and draws that again. */
  #print(id: number, plain: string, styled: string): void {
    if (this.#closed) {
      this.#terminal.write(`${styled}\n`);
      return;
    }
    this.#toInputLine();
    this.#terminal.write(`${clearDown}${styled}\n${'\n'.repeat(this.#rowsRedrawn())}`);
    this.#transcript.add(id, plain);
    this.#readline.prompt(true);
  }

  /** Moves the cursor to the beginning of the input line. */
  #toInputLine(): void {
    moveCursor(this.#terminal, 0, -this.#readline.getCursorPos().rows);
    cursorTo(this.#terminal, 0);
  }

  /** How many rows above the cursor readline begins to draw: what it calls prevRows is as old as its last drawing. */
  #rowsRedrawn(): number {
    return (this.#readline as unknown as { prevRows?: number }).prevRows ?? 0;
  }

  /** Changes the tick of a line where it stands, if it is still on the screen. */
  #retick(id: number, stage: Stage): void {
    if (this.#closed) return;
    const cursor = this.#readline.getCursorPos();
    const columns = this.#terminal.columns;
    const up = this.#transcript.rowsUp(id, columns, this.#terminal.rows - 1 - cursor.rows);
    if (up === undefined) return;
    moveCursor(this.#terminal, 0, -(up + cursor.rows));
    cursorTo(this.#terminal, tickColumn);
    this.#terminal.write(this.#tick(stage));
    moveCursor(this.#terminal, 0, up + cursor.rows);
    cursorTo(this.#terminal, cursor.cols);
  }

  /** Removes the line that was just entered: it comes again with its tick, or not at all. */
  #takeBack(line: string): void {
    const rows = Math.floor(displayWidth(this.#prompt + line) / this.#terminal.columns) + 1;
    moveCursor(this.#terminal, 0, -rows);
    cursorTo(this.#terminal, 0);
    this.#terminal.write(clearDown);
    this.#readline.prompt();
  }
}
