import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Loaded into every process of a router before all else: the wall clock is off by as many ms as the file says that
 * STEPPED_CLOCK names. The monotonic clock is not touched, as it is not where an operator or NTP sets the time.
 */
const preload = `
import { readFileSync } from 'node:fs';
const real = Date.now;
let offset = 0;
const look = () => { try { offset = Number(readFileSync(process.env.STEPPED_CLOCK, 'utf8')) || 0; } catch {} };
look();
setInterval(look, 20).unref();
Date.now = () => real() + offset;
`;

/** The wall clock of a router. */
export class SteppedClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  constructor(directory: string) {
    const module = join(directory, 'stepped-clock.mjs');
    this.#file = join(directory, 'clock-offset');
    writeFileSync(module, preload);
    this.step(0);
    this.env = { NODE_OPTIONS: `--import ${module}`, STEPPED_CLOCK: this.#file };
  }

  /** From now on it is off by `ms`. */
  step(ms: number): void {
    writeFileSync(this.#file, String(ms));
  }
}
