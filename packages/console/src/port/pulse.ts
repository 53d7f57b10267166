/** How it stands with the router. */
export type PulseState = 'live' | 'away' | 'ended';

/** What a beat found. */
export type Beat = 'ok' | 'away' | 'ended';

/** What a pulse needs of a page. */
export interface PulseHost {
  /** Asks for everything that is shown. */
  beat(): Promise<Beat>;
  /** Calls back after some ms; returns what calls it off. */
  after(ms: number, callback: () => void): () => void;
  onState(state: PulseState): void;
}

const EVERY_MS = 1_000;
/** A router that is away, or a session that has ended, is asked for again after so long; ever less often. */
const AGAIN_MS = [1_000, 1_000, 2_000, 3_000, 5_000] as const;

/**
 * Asks once a second, one beat after the other. It polls and does not listen to a stream: a browser holds six connections to
 * one port, and a stream for each tab would take them all. It rests while nobody looks.
 */
export class Pulse {
  readonly #host: PulseHost;
  #state: PulseState = 'live';
  #callOff: (() => void) | null = null;
  #isBeating = false;
  #isResting = true;
  #again = false;
  #misses = 0;

  constructor(host: PulseHost) {
    this.#host = host;
  }

  get state(): PulseState {
    return this.#state;
  }

  /** Begins, or goes on after a rest; asks at once. */
  wake(): void {
    this.#isResting = false;
    this.now();
  }

  rest(): void {
    this.#isResting = true;
    this.#callOff?.();
    this.#callOff = null;
  }

  /** Beats at once, or when the beat under way is over. */
  now(): void {
    if (this.#isResting) return;
    if (this.#isBeating) this.#again = true;
    else void this.#beat();
  }

  async #beat(): Promise<void> {
    this.#callOff?.();
    this.#callOff = null;
    this.#isBeating = true;
    this.#again = false;
    const found = await this.#host.beat();
    this.#isBeating = false;
    this.#misses = found === 'ok' ? 0 : this.#misses + 1;
    this.#change(found === 'ok' ? 'live' : found);
    if (this.#isResting) return;
    if (this.#again && found === 'ok') return void this.#beat();
    this.#callOff = this.#host.after(this.#pauseMs(), () => void this.#beat());
  }

  #pauseMs(): number {
    if (this.#misses === 0) return EVERY_MS;
    return AGAIN_MS[Math.min(this.#misses, AGAIN_MS.length) - 1]!;
  }

  #change(state: PulseState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#host.onState(state);
  }
}
