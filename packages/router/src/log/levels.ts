import { logAreas } from './log.js';
import type { LogArea, Logger, LogLevel } from './log.js';

/** What one area writes. */
export interface AreaLevel {
  readonly level: LogLevel;
  /** Until then, ms since the epoch; null: until it is changed, or the router ends. */
  readonly until: number | null;
  /** What it writes then, and else. */
  readonly usual: LogLevel;
}

/** What every area writes, as one node leaves it to the next. */
export type AreaLevels = Readonly<Record<LogArea, AreaLevel>>;

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

/** What levels are made of that are not as configured. */
export interface LogsParts {
  /** What the node before this one wrote when it died; default: none has. */
  readonly before?: AreaLevels | undefined;
  /** An operator has changed something: all levels as they are now. */
  readonly onChange?: ((levels: AreaLevels) => void) | undefined;
  readonly clock?: LevelClock;
}

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

  readonly #onChange: (levels: AreaLevels) => void;

  constructor(root: Logger, level: LogLevel, { before, onChange, clock = machineClock }: LogsParts = {}) {
    this.#clock = clock;
    this.#onChange = onChange ?? ((): void => undefined);
    this.#areas = new Map(
      logAreas.map((area) => {
        const log = root.child({ area }, { level });
        return [area, { log, usual: level, until: null, cancel: () => undefined }];
      }),
    );
    for (const [name, left] of Object.entries(before ?? {})) this.#goOn(this.#areas.get(name as LogArea), left);
  }

  of(area: LogArea): Logger {
    return this.#areas.get(area)!.log;
  }

  get levels(): AreaLevels {
    const entries = [...this.#areas].map(([name, { log, usual, until }]) => {
      return [name, { level: log.level as LogLevel, until, usual }] as const;
    });
    return Object.fromEntries(entries) as AreaLevels;
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
      if (forMs === null) one.usual = level;
      else this.#endAt(one, this.#clock.wall() + forMs);
    }
    this.#onChange(this.levels);
  }

  /** As the node before left it, for the rest of its time. */
  #goOn(area: Area | undefined, { level, usual, until }: AreaLevel): void {
    if (area === undefined) return;
    const isOver = until !== null && until <= this.#clock.wall();
    area.usual = usual;
    area.log.level = isOver ? usual : level;
    if (until !== null && !isOver) this.#endAt(area, until);
  }

  #endAt(area: Area, until: number): void {
    area.until = until;
    area.cancel = this.#clock.after(until - this.#clock.wall(), () => {
      area.log.level = area.usual;
      area.until = null;
    });
  }

  /** Forgets what is set for a time. */
  close(): void {
    for (const { cancel } of this.#areas.values()) cancel();
  }
}
