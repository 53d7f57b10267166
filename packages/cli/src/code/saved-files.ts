import path from 'node:path';

/** Calls `fn` after so many ms, unless what it returns is called before. */
export type After = (ms: number, fn: () => void) => () => void;

/** The timers of the machine. */
export const systemAfter: After = (ms, fn) => {
  const timer = setTimeout(fn, ms);
  return () => clearTimeout(timer);
};

/** An editor writes a file in several steps; a save is over when nothing more came for so long. */
const quietMs = 40;

/**
 * Files that were saved, one at a time, each once it is quiet. One that is saved again while it waits is given once; one that is
 * saved after it was given comes again.
 */
export class SavedFiles {
  readonly #after: After;
  readonly #settling = new Map<string, () => void>();
  readonly #quiet = new Set<string>();
  #taker: ((file: string | undefined) => void) | undefined;
  #closed = false;

  constructor(after: After = systemAfter) {
    this.#after = after;
  }

  saw(file: string): void {
    if (this.#closed || !isSource(file)) return;
    this.#settling.get(file)?.();
    this.#settling.set(
      file,
      this.#after(quietMs, () => this.#settled(file)),
    );
  }

  /** The next file; undefined once closed. One call at a time. */
  async next(): Promise<string | undefined> {
    const [file] = this.#quiet;
    if (file !== undefined) {
      this.#quiet.delete(file);
      return file;
    }
    if (this.#closed) return undefined;
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#settling.values()) cancel();
    this.#settling.clear();
    this.#quiet.clear();
    this.#give(undefined);
  }

  #settled(file: string): void {
    this.#settling.delete(file);
    if (this.#taker === undefined) this.#quiet.add(file);
    else this.#give(file);
  }

  #give(file: string | undefined): void {
    const taker = this.#taker;
    this.#taker = undefined;
    taker?.(file);
  }
}

/** What a module or something that it imports may be; not what editors put beside it while they write, and no tests. */
export function isSource(file: string): boolean {
  const name = path.basename(file);
  if (/^[.#]|[~#]$/.test(name)) return false;
  return /\.(?:[cm]?[jt]s|json)$/.test(name) && !/\.(?:test|spec)\.|\.d\.[cm]?ts$|^tsconfig\.json$/.test(name);
}
