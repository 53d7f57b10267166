/** What the signals act upon. */
export interface Stoppable {
  drain(): void;
  kill(): void;
}

/**
 * Ctrl-C below npx comes twice, once from the terminal and once passed on by npm: a second SIGINT this soon is the first
 * one again.
 */
const sameKeyPressMs = 250;

const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Turns the signals of this process into stops: the first drains, a second one kills. Active until {@link release}. */
export class StopSignals {
  readonly #target: Stoppable;
  readonly #onFirst: (signal: NodeJS.Signals) => void;
  readonly #now: () => number;
  #last: NodeJS.Signals | undefined;
  #firstAt = 0;

  constructor(
    target: Stoppable,
    onFirst: (signal: NodeJS.Signals) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#target = target;
    this.#onFirst = onFirst;
    this.#now = now;
    for (const signal of stopSignals) process.on(signal, this.onSignal);
  }

  /** The signal that came last. */
  get last(): NodeJS.Signals | undefined {
    return this.#last;
  }

  readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.#last === undefined) {
      this.#last = signal;
      this.#firstAt = this.#now();
      this.#onFirst(signal);
      this.#target.drain();
      return;
    }
    if (signal === 'SIGINT' && this.#last === 'SIGINT' && this.#now() - this.#firstAt < sameKeyPressMs) return;
    this.#last = signal;
    this.#target.kill();
  };

  release(): void {
    for (const signal of stopSignals) process.off(signal, this.onSignal);
  }
}
