import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '@mailbeam/code';
import type { Logger } from '../log/log.js';
import { SESSION_MS } from './console-session.js';

/** Sessions that are remembered one by one. */
const MOST_ENDED = 1_000;

interface FileContent {
  readonly format: 1;
  /** See `#floor`. */
  readonly floor: number;
  /** Id and end of each. */
  readonly ended: readonly (readonly [id: string, endsAt: number])[];
}

/**
 * `DATA/console-ended.json`: sessions that were signed out before their time, until it comes, so that a copy of their cookie is
 * worth nothing to the next node either. What it cannot remember counts as ended.
 */
export class EndedSessions {
  readonly #path: string;
  readonly #log: Pick<Logger, 'error'>;
  /** Id to end; oldest first. */
  readonly #ended: Map<string, number>;
  /** What would have ended by itself until then is over; ms since the epoch. */
  #floor: number;
  #last: Promise<boolean> = Promise.resolve(true);
  /** A write that has not begun: whatever ends meanwhile is in it. */
  #waiting: Promise<boolean> | null = null;

  private constructor(path: string, log: Pick<Logger, 'error'>, { floor, ended }: Omit<FileContent, 'format'>) {
    this.#path = path;
    this.#log = log;
    this.#ended = new Map(ended);
    this.#floor = floor;
  }

  /** @param data the data directory @param wall ms since the epoch */
  static open(data: string, wall: number, log: Pick<Logger, 'error'>): EndedSessions {
    const path = join(data, 'console-ended.json');
    try {
      return new EndedSessions(path, log, parse(readFileSync(path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return new EndedSessions(path, log, { floor: 0, ended: [] });
      const text = 'which sessions of the console were signed out cannot be read: all of them have ended';
      log.error({ err: error, file: path }, text);
      return new EndedSessions(path, log, { floor: wall + SESSION_MS, ended: [] });
    }
  }

  has(id: string, endsAt: number): boolean {
    return endsAt <= this.#floor || this.#ended.has(id);
  }

  /** In force at once. Resolves when it is on disk, with false when that failed, which is logged. */
  add(id: string, endsAt: number, wall: number): Promise<boolean> {
    for (const [old, end] of this.#ended) {
      if (end <= wall) this.#ended.delete(old);
      else if (this.#ended.size >= MOST_ENDED) {
        this.#ended.delete(old);
        this.#floor = Math.max(this.#floor, end);
      }
    }
    this.#ended.set(id, endsAt);
    this.#waiting ??= this.#last = this.#last.then(() => this.#write());
    return this.#waiting;
  }

  /** All that has ended until now. */
  async #write(): Promise<boolean> {
    this.#waiting = null; // what ends from here on is not in this one
    try {
      await writeDurably(this.#path, this.#text());
      return true;
    } catch (error) {
      const text =
        'a session of the console has ended, but that could not be written: a copy of its cookie is good again for the next node';
      this.#log.error({ err: error, file: this.#path }, text);
      return false;
    }
  }

  #text(): string {
    const content: FileContent = { format: 1, floor: this.#floor, ended: [...this.#ended] };
    return `${JSON.stringify(content)}\n`;
  }
}

/** @throws Error for what is no such file */
function parse(text: string): Omit<FileContent, 'format'> {
  const { format, floor, ended } = JSON.parse(text) as Partial<FileContent>;
  const isEntry = (one: unknown): boolean =>
    Array.isArray(one) && one.length === 2 && typeof one[0] === 'string' && typeof one[1] === 'number';
  if (format !== 1 || typeof floor !== 'number' || !Array.isArray(ended) || !ended.every(isEntry))
    throw new Error('it is of another format');
  return { floor, ended };
}
