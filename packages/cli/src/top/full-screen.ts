import { emitKeypressEvents } from 'node:readline';
import type { Key } from './top-keys.js';

/** Takes another screen, which gives the one before back; no cursor; what is too long is cut off, not wrapped. */
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[J';
const leave = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearRight = '\u001b[K';
const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The terminal of a person: keys come in, and what is shown takes all of it. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly screen: NodeJS.WriteStream;
}

/** What happens at the terminal. */
export interface TerminalEvents {
  readonly onKey: (key: Key) => void;
  /** What is shown is to be drawn anew: another size, or the process goes on after a stop. */
  readonly onRedraw: () => void;
  /** A signal, or the end of the input: the person has gone. */
  readonly onEnd: () => void;
}

/** A terminal that is taken whole, from {@link open} to {@link close}, and given back as it was however the process ends. */
export class FullScreen {
  readonly #terminal: Terminal;
  #events: TerminalEvents | undefined;
  /** False while the shell has the terminal. */
  #isTaken = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Some terminals say that they have no columns. */
  get columns(): number {
    return this.#terminal.screen.columns || 80;
  }

  get rows(): number {
    return this.#terminal.screen.rows || 24;
  }

  open(events: TerminalEvents): void {
    const { input, screen } = this.#terminal;
    this.#events = events;
    emitKeypressEvents(input);
    input.on('keypress', this.#inputOnKeypress);
    input.once('end', events.onEnd);
    screen.on('resize', events.onRedraw);
    for (const signal of endSignals) process.on(signal, events.onEnd);
    process.on('SIGCONT', this.#processOnContinue);
    // also after an error that nobody expected
    process.once('exit', this.#giveBack);
    this.#take();
  }

  close(): void {
    const { input, screen } = this.#terminal;
    const events = this.#events;
    if (events === undefined) return;
    this.#events = undefined;
    input.off('keypress', this.#inputOnKeypress);
    input.off('end', events.onEnd);
    screen.off('resize', events.onRedraw);
    for (const signal of endSignals) process.off(signal, events.onEnd);
    process.off('SIGCONT', this.#processOnContinue);
    process.off('exit', this.#giveBack);
    this.#giveBack();
    input.pause();
  }

  /** Shows these lines from the top, as many as there is room for, and `foot` in the last row. */
  show(above: readonly string[], foot: string): void {
    if (!this.#isTaken) return;
    const lines = [...Array.from({ length: this.rows - 1 }, (_, i) => above[i] ?? ''), foot];
    // cleared first: behind a line that fills its row the last letter would be cleared
    this.#terminal.screen.write(`${home}${lines.map((line) => clearRight + line).join('\r\n')}`);
  }

  /** Stops the process, and those it runs with, as Ctrl-Z does elsewhere; the shell continues it. */
  suspend(): void {
    this.#giveBack();
    process.kill(0, 'SIGTSTP');
    // where nobody could continue it, the signal does nothing: it goes on at once
    setImmediate(() => {
      if (!this.#isTaken) this.#processOnContinue();
    });
  }

  readonly #inputOnKeypress = (_text: string | undefined, key: Key): void => this.#events?.onKey(key);

  readonly #processOnContinue = (): void => {
    if (this.#events === undefined) return;
    this.#take();
    this.#events.onRedraw();
  };

  #take(): void {
    const { input, screen } = this.#terminal;
    // the shell may have changed the mode meanwhile: setting what is thought to be set would do nothing
    input.setRawMode(false);
    input.setRawMode(true);
    input.resume();
    screen.write(enter);
    this.#isTaken = true;
  }

  readonly #giveBack = (): void => {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    this.#terminal.input.setRawMode(false);
    this.#terminal.screen.write(leave);
  };
}
