import { logAreas } from './log.js';
import type { LogArea, Logger, LogLevel } from './log.js';

/** What one area writes. */
export interface AreaLevel {
  readonly level: LogLevel;
  /** Until then, ms since the epoch; null: until it is changed, or the node ends. */
  readonly until: number | null;
  /** What it writes then, and else. */
  readonly usual: LogLevel;
}

/** The time that levels, and the share of traced messages, are set for; tests bring their own. */
export interface LevelClock {
  wall(): number;
  /** Returns what cancels it. */
  after(ms: number, fn: () => void): () => void;
}

export const machineClock: LevelClock = {
  wall: () => Date.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms).unref();
    return () => clearTimeout(timer);
  },
};

interface Area {
  readonly log: Logger;
  /** What it writes while nothing else is asked for. */
  usual: LogLevel;
  until: number | null;
  cancel: () => void;
}

/** The logs of the areas, and how much each writes, which can be changed while the node runs. */
export class Logs {
  readonly #areas: ReadonlyMap<LogArea, Area>;
  readonly #clock: LevelClock;

  constructor(root: Logger, level: LogLevel, clock = machineClock) {
    this.#clock = clock;
    this.#areas = new Map(
      logAreas.map((area) => {
        const log = root.child({ area }, { level });
        return [area, { log, usual: level, until: null, cancel: () => undefined }];
      }),
    );
  }

  of(area: LogArea): Logger {
    return this.#areas.get(area)!.log;
  }

  get levels(): Readonly<Record<LogArea, AreaLevel>> {
    const entries = [...this.#areas].map(([name, { log, usual, until }]) => {
      return [name, { level: log.level as LogLevel, until, usual }] as const;
    });
    return Object.fromEntries(entries) as Record<LogArea, AreaLevel>;
  }

  /**
   * What one area, or all of them, write from now on.
   * @param forMs only for so long, then what was usual before; null: it is what is usual
   */
  set(level: LogLevel, area: LogArea | null, forMs: number | null): void {
    for (const one of area === null ? this.#areas.values() : [this.#areas.get(area)!]) {
      one.cancel();
      one.log.level = level;
      one.until = null;
      if (forMs === null) {
        one.usual = level;
        continue;
      }
      one.until = this.#clock.wall() + forMs;
      one.cancel = this.#clock.after(forMs, () => {
        one.log.level = one.usual;
        one.until = null;
      });
    }
  }

  /** Forgets what is set for a time. */
  close(): void {
    for (const { cancel } of this.#areas.values()) cancel();
  }
}
