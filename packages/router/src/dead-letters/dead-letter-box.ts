import { readFileSync, readdirSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '../mailbox/request.js';
import { bodyOf, decodeLetter, encodeLetter, letterOf } from './letter-file.js';
import type { DeadLetter } from './letter-file.js';

/** What the box may hold; past it the oldest goes. */
export interface DeadLetterLimits {
  readonly entries: number;
  /** Of bodies. */
  readonly bytes: number;
}

const ENDING = '.letter';

/**
 * Messages that were given up, for an operator to look at, replay or purge: a file each in a directory of its own, flushed before
 * the message is failed, so that a crash leaves it in its mailbox or here, never in neither. One thing at a time is done to
 * the directory.
 */
export class DeadLetterBox {
  readonly #dir: string;
  readonly #limits: DeadLetterLimits;
  /** Oldest first. */
  readonly #letters = new Map<string, DeadLetter>();
  #bytes = 0;
  #work: Promise<unknown> = Promise.resolve();
  /** Letters that went because there was no room, since the start. */
  dropped = 0;

  private constructor(dir: string, limits: DeadLetterLimits) {
    this.#dir = dir;
    this.#limits = limits;
  }

  /** Reads what is in a directory, which is there and whose name is on disk; a file that is not whole is passed over. */
  static open(dir: string, limits: DeadLetterLimits): DeadLetterBox {
    const box = new DeadLetterBox(dir, limits);
    const found: DeadLetter[] = [];
    for (const name of readdirSync(dir)) {
      const whole = name.endsWith(ENDING) ? decodeLetter(readFileSync(join(dir, name))) : undefined;
      if (whole !== undefined) found.push(whole.letter);
    }
    for (const letter of found.toSorted((a, b) => a.failedAt - b.failedAt)) box.#add(letter);
    return box;
  }

  get count(): number {
    return this.#letters.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Oldest first. */
  list(): DeadLetter[] {
    return [...this.#letters.values()];
  }

  get(id: string): DeadLetter | undefined {
    return this.#letters.get(id);
  }

  /**
   * Keeps a message; resolves when it is on disk. The same one once more takes the place of the first.
   * @returns undefined where the box holds nothing at all, or nothing so large
   * @throws what the file system throws
   */
  put(to: string, message: Message, failedAt: number): Promise<DeadLetter | undefined> {
    const { entries, bytes } = this.#limits;
    const letter = letterOf(to, message, failedAt);
    if (entries === 0 || letter.bodyBytes > bytes) return Promise.resolve(undefined);
    const file = encodeLetter(letter, bodyOf(message));
    return this.#inTurn(async () => {
      await this.#write(letter.id, file);
      this.#forget(letter.id);
      this.#add(letter);
      while (this.#letters.size > entries || this.#bytes > bytes) {
        const [oldest] = this.#letters.keys();
        await this.#erase(oldest!);
        this.dropped++;
      }
      return letter;
    });
  }

  /** The body of a letter; undefined when it is not there any more. */
  async body(id: string): Promise<Uint8Array | undefined> {
    if (!this.#letters.has(id)) return undefined;
    return decodeLetter(await readFile(this.#path(id)))?.body;
  }

  /** Takes letters out; resolves with how many of them were there. */
  remove(ids: Iterable<string>): Promise<number> {
    return this.#inTurn(async () => {
      let removed = 0;
      for (const id of ids) {
        if (!this.#letters.has(id)) continue;
        await this.#erase(id);
        removed++;
      }
      return removed;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined); // whoever asked for it is told
    return done;
  }

  #add(letter: DeadLetter): void {
    this.#letters.set(letter.id, letter);
    this.#bytes += letter.bodyBytes;
  }

  #forget(id: string): void {
    this.#bytes -= this.#letters.get(id)?.bodyBytes ?? 0;
    this.#letters.delete(id);
  }

  async #erase(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
    this.#forget(id);
  }

  async #write(id: string, file: Buffer): Promise<void> {
    const path = this.#path(id);
    const made = await open(`${path}.new`, 'w', 0o600);
    try {
      await made.writeFile(file);
      await made.sync();
    } finally {
      await made.close();
    }
    await rename(`${path}.new`, path);
    const dir = await open(this.#dir, 'r');
    try {
      await dir.sync();
    } finally {
      await dir.close();
    }
  }

  #path(id: string): string {
    return join(this.#dir, id + ENDING);
  }
}
