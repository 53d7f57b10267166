import type { Operation } from '@mailbeam/router';
import type { Output } from '../output.js';
import { phaseText, progressText } from './operation-text.js';

/** How often the line of an operation under way is written anew, for its seconds. */
const tickMs = 500;

/** Shows an operation under way: on a terminal one line that is written over, elsewhere a line a phase. */
export class OperationView {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #ticks: NodeJS.Timeout | undefined;
  #shown: Operation | undefined;
  #line = '';
  #phaseBeganAt = 0;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    if (output.showsProgress) this.#ticks = setInterval(() => this.#redraw(), tickMs);
  }

  show(operation: Operation): void {
    if (operation.phase !== this.#shown?.phase) this.#phaseBeganAt = this.#now();
    this.#shown = operation;
    if (this.#output.showsProgress) this.#redraw();
    else if (!operation.ended) this.#note(phaseText(operation));
  }

  close(): void {
    clearInterval(this.#ticks);
  }

  #redraw(): void {
    if (this.#shown === undefined || this.#shown.ended) return;
    this.#output.progress(progressText(this.#shown, this.#now() - this.#phaseBeganAt));
  }

  /** Counts change all the time and are not told; phases and reasons are. */
  #note(line: string): void {
    if (line === this.#line) return;
    this.#line = line;
    this.#output.note(line);
  }
}
