import type { Output } from '../../src/output.js';

/** What a command wrote, a line each. */
export class RecordedOutput implements Output {
  readonly lines: string[] = [];
  readonly notes: string[] = [];
  readonly progressed: string[] = [];
  readonly showsProgress: boolean;
  #changed: (() => void)[] = [];

  constructor(showsProgress = false) {
    this.showsProgress = showsProgress;
  }

  get text(): string {
    return this.lines.join('\n');
  }

  get noted(): string {
    return this.notes.join('\n');
  }

  readonly line = (text: string): void => this.#add(this.lines, text);
  readonly note = (text: string): void => this.#add(this.notes, text);
  readonly progress = (text: string): void => this.#add(this.progressed, text);
  readonly style = (_: unknown, text: string): string => text;

  /** Settles when a line of any kind matches. */
  async shows(pattern: RegExp): Promise<void> {
    while (![...this.lines, ...this.notes, ...this.progressed].some((line) => pattern.test(line)))
      await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  #add(to: string[], text: string): void {
    to.push(text);
    for (const changed of this.#changed.splice(0)) changed();
  }
}
