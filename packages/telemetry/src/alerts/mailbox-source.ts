import { placeOfRate } from '../rates/decay.js';
import type { MailboxStatistics } from '../statistics/mailbox-statistics.js';
import type { ClassFigures } from '../statistics/class-figures.js';
import { severities } from './alert-rule.js';
import type { AlertRule, Level, Signal } from './alert-rule.js';
import type { AlertSource, Look } from './alert-source.js';

/** What is exactly at a threshold is looked at, whatever logarithms make of it. */
const ROUNDING = 1e-6;

/** The mailboxes of a node, for alert rules: found by the rankings, never by a walk over all. */
export class MailboxSource implements AlertSource {
  readonly #statistics: MailboxStatistics;

  constructor(statistics: MailboxStatistics) {
    this.#statistics = statistics;
  }

  candidates(rule: AlertRule, limit: number): readonly number[] {
    const levels = severities.flatMap((severity) => rule[severity] ?? []);
    const found: number[] = [];
    for (const name of rule.classes) {
      if (found.length >= limit) break;
      found.push(...this.#among(this.#statistics.of(name), levels, limit - found.length));
    }
    return found;
  }

  /** By depth if every severity asks for it; else by age, which nothing that stalls is without; else by growth; else all that are ranked by depth. */
  #among({ deepest, growing, oldest }: ClassFigures, levels: readonly Level[], limit: number): number[] {
    const depth = leastOf(levels, ['depth']);
    if (depth > 0) return deepest.above(depth, limit);
    const seconds = leastOf(levels, ['oldestSeconds', 'stalledSeconds']);
    const { now } = this.#statistics.decay;
    if (seconds > 0) return oldest.above(seconds * 1_000 - now, limit);
    const growth = leastOf(levels, ['growth']);
    if (growth > 0) return growing.above(placeOfRate(growth, now) - ROUNDING, limit);
    return deepest.above(0, limit);
  }

  nameAt(slot: number): string {
    return this.#statistics.nameOf(slot);
  }

  find(name: string, slot: number): number | undefined {
    return this.#statistics.isNamed(slot, name) ? slot : undefined;
  }

  look(slot: number): Look {
    const reading = this.#statistics.reading(slot);
    return { name: reading.name, class: reading.class, shown: reading, reading, code: null };
  }
}

/** The least threshold of these signals over all levels; 0 when a level has none. */
function leastOf(levels: readonly Level[], of: readonly Signal[]): number {
  let least = Infinity;
  for (const level of levels) least = Math.min(least, Math.max(0, ...of.map((signal) => level[signal]?.above ?? 0)));
  return least;
}
