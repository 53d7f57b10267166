import { Where } from './request.js';
import type { Message } from './request.js';

/**
 * The messages of one mailbox that are not on disk, oldest first: those of the commit under way, then those that wait for
 * one. A chain through the messages themselves, because a million mailboxes have one message each.
 */
export class Unflushed {
  #first: Message | null = null;
  #last: Message | null = null;
  /** The first that is in no commit. */
  #unwritten: Message | null = null;
  /** The last of the commit under way. */
  #writing: Message | null = null;

  get isEmpty(): boolean {
    return this.#first === null;
  }

  get hasUnwritten(): boolean {
    return this.#unwritten !== null;
  }

  /** The oldest that is in no commit and not over. */
  get firstUnwritten(): Message | null {
    while (this.#unwritten !== null && this.#unwritten.gone) this.#unwritten = this.#unwritten.nextUnflushed;
    return this.#unwritten;
  }

  get first(): Message | null {
    return this.#first;
  }

  push(message: Message): void {
    if (this.#last === null) this.#first = message;
    else this.#last.nextUnflushed = message;
    this.#last = message;
    this.#unwritten ??= message;
  }

  /** Gives everything that is in no commit to one that is being built. */
  write(append: (message: Message) => void): void {
    for (let m = this.#unwritten; m !== null; m = m.nextUnflushed) {
      if (m.gone) continue;
      m.where = Where.WRITING;
      m.settled = true;
      append(m);
    }
    this.#unwritten = null;
    this.#writing = this.#last;
  }

  /** The commit is on disk: takes its messages out, and calls back for each that was written. */
  written(stored: (message: Message) => void): void {
    const last = this.#writing;
    this.#writing = null;
    for (let m = this.#first; m !== null; m = this.#first) {
      this.#shift(m);
      if (m.where === Where.WRITING) {
        m.where = Where.STORED;
        stored(m);
      }
      if (m === last) break;
    }
    this.trim();
  }

  /** Takes out what was acked or ended before it had to be written, from the front. */
  trim(): void {
    if (this.#writing !== null) return;
    for (let m = this.#first; m !== null && m.gone; m = this.#first) this.#shift(m);
  }

  *[Symbol.iterator](): IterableIterator<Message> {
    for (let m = this.#first; m !== null; m = m.nextUnflushed) yield m;
  }

  #shift(message: Message): void {
    const next = message.nextUnflushed;
    message.nextUnflushed = null;
    this.#first = next;
    if (next === null) this.#last = null;
    if (this.#unwritten === message) this.#unwritten = next;
  }
}
