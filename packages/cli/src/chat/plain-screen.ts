import { createInterface } from 'node:readline';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import type { ChatScreen } from './screen.js';
import { laterStage } from './stage.js';
import type { Stage } from './stage.js';

/**
 * A conversation through pipes, for scripts and screen readers: one line for each thing that happens, none is changed.
 *
 *     [1] accepted
 *     [1] delivered
 *     bob: in ten minutes
 */
export class PlainScreen implements ChatScreen {
  readonly #input: NodeJS.ReadableStream;
  readonly #output: Output;
  readonly #stages = new Map<number, Stage>();

  constructor(input: NodeJS.ReadableStream, output: Output) {
    this.#input = input;
    this.#output = output;
  }

  said(id: number): void {
    this.#stages.set(id, 'sending');
  }

  reached(id: number, stage: Stage, detail: string): void {
    const before = this.#stages.get(id);
    if (before === undefined || laterStage(before, stage) === before) return;
    this.#stages.set(id, stage);
    this.#output.line(`[${id}] ${stage}${detail === '' ? '' : `: ${shownText(detail)}`}`);
    if (stage === 'read' || stage === 'rejected' || stage === 'failed') this.#stages.delete(id);
  }

  received(from: string, text: string): void {
    this.#output.line(`${shownText(from)}: ${shownText(text)}`);
  }

  notice(text: string): void {
    this.#output.note(`-- ${shownText(text)}`);
  }

  async read(onLine: (line: string) => Promise<void>): Promise<void> {
    for await (const line of createInterface({ input: this.#input })) await onLine(line);
  }

  close(): void {
    // Nothing is held: the input has ended, or ends with the process.
  }
}
