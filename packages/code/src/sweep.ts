import type { CodeClock } from './clock.js';
import type { InstanceCursor, ModuleHost, MoveOutcome } from './module-host.js';
import type { Version } from './version.js';

export interface SweepOptions {
  readonly host: Pick<ModuleHost, 'instances'>;
  readonly name: string;
  /** The version that the instance of this key is to run. */
  readonly choose: (key: string) => Version;
  readonly clock: CodeClock;
  readonly sliceMs: number;
  readonly sliceMoves: number;
  readonly timeoutMs: number;
  /** So many instances whose `codeChange` throws may stay where they are. */
  readonly mostFailed: number;
  /** Instances that throw, or all (`always`), are ended, and their supervisor starts them on the version that is theirs. */
  readonly restart?: 'when_it_throws' | 'always';
  readonly signal: AbortSignal;
  /** Called at the end of each slice, and now and then while it waits. */
  readonly onProgress: (moved: number, failed: number) => void;
}

/** `failed`: more than `mostFailed` threw; it stopped at once. `timeout`: some did not come between two messages in time. */
export type SweepEnd = 'done' | 'failed' | 'timeout' | 'aborted';

/** The clock is read once for so many instances. */
const LOOKED_AT = 16;
/** How long to wait for instances that end before they start again. */
const RESTART_WAIT_MS = 20;
/** How often at most the answers of those that were in a callback are told. */
const TOLD_MS = 100;

/**
 * Moves the instances of a module to the versions that are theirs, in slices of the event loop, short enough not to be felt.
 * Passes follow each other until one finds nobody to move: instances may start while it goes on. Nothing is allocated for an
 * instance, but for those that are restarted.
 */
export class Sweep {
  moved = 0;
  /** Instances whose `codeChange` threw, in the pass at hand. */
  failed = 0;
  /** The first thing that was thrown. */
  error: unknown;
  readonly #options: SweepOptions;
  readonly #deadline: number;
  /** Asked to move, not answered yet. */
  #asked = 0;
  /** Found on another version than theirs, in the pass at hand. */
  #wrong = 0;
  #restarting = false;
  readonly #restarted = new Set<string>();
  #settled: (() => void) | undefined;
  #toldAt = 0;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#deadline = options.clock.mono() + options.timeoutMs;
    this.#restarting = options.restart === 'always';
  }

  async run(): Promise<SweepEnd> {
    for (;;) {
      const before = this.moved;
      this.failed = 0;
      this.#wrong = 0;
      const end = (await this.#pass()) ?? this.#verdict();
      if (end !== undefined) return end;
      if (this.#wrong === 0) return 'done';
      if (this.#restarting) await this.#pause();
      else if (this.failed > 0 && this.#options.restart !== undefined) this.#restarting = true;
      else if (this.failed === this.#wrong && this.moved === before) return 'done'; // all that are left have thrown twice
    }
  }

  async #pass(): Promise<SweepEnd | undefined> {
    const cursor = this.#options.host.instances(this.#options.name);
    try {
      while (this.#slice(cursor)) {
        this.#tell();
        await this.#nextTurn();
        const end = this.#verdict();
        if (end !== undefined) return end;
      }
    } finally {
      cursor.close();
    }
    this.#tell();
    if (this.#asked > 0) {
      await this.#answers();
      this.#tell();
    }
    return undefined;
  }

  #verdict(): SweepEnd | undefined {
    const { signal, mostFailed, restart, clock } = this.#options;
    if (signal.aborted) return 'aborted';
    if (restart === undefined && this.failed > mostFailed) return 'failed';
    return clock.mono() >= this.#deadline ? 'timeout' : undefined;
  }

  /** False after the last instance. */
  #slice(cursor: InstanceCursor): boolean {
    const { clock, sliceMs, sliceMoves, mostFailed, restart } = this.#options;
    const until = clock.mono() + sliceMs;
    let moves = 0;
    for (let looked = 1; ; looked++) {
      const instance = cursor.next();
      if (instance === undefined) return false;
      const wanted = this.#options.choose(instance.key);
      if (instance.version !== wanted) {
        this.#wrong++;
        moves++;
        if (this.#restarting) this.#restart(instance);
        else {
          this.#asked++;
          instance.move(wanted, this.#onMoved);
        }
        if (moves >= sliceMoves) return true;
        if (restart === undefined && this.failed > mostFailed) return true;
      }
      if (looked % LOOKED_AT === 0 && clock.mono() >= until) return true;
    }
  }

  #restart(instance: { readonly key: string; restart(): void }): void {
    if (this.#restarted.has(instance.key)) return; // it is about to end
    this.#restarted.add(instance.key);
    this.moved++;
    instance.restart();
  }

  readonly #onMoved = (outcome: MoveOutcome): void => {
    this.#asked--;
    if (outcome.moved) this.moved++;
    else if (outcome.reason === 'threw') {
      this.failed++;
      this.error ??= outcome.error;
    }
    if (this.#settled === undefined) return;
    if (this.#asked === 0) this.#settled();
    else if (this.#options.clock.mono() >= this.#toldAt + TOLD_MS) this.#tell();
  };

  #tell(): void {
    this.#toldAt = this.#options.clock.mono();
    this.#options.onProgress(this.moved, this.failed);
  }

  /** Those that are in a callback answer when it returns: wait for them, but not for ever. */
  #answers(): Promise<void> {
    const { clock, signal, restart, mostFailed } = this.#options;
    return new Promise((resolve) => {
      const done = (): void => {
        limit();
        this.#settled = undefined;
        signal.removeEventListener('abort', done);
        resolve();
      };
      const limit = clock.after(Math.max(0, this.#deadline - clock.mono()), done);
      signal.addEventListener('abort', done);
      this.#settled = done;
      if (this.#asked === 0 || signal.aborted || (restart === undefined && this.failed > mostFailed)) done();
    });
  }

  #nextTurn(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.nextTurn(resolve));
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(RESTART_WAIT_MS, resolve));
  }
}
