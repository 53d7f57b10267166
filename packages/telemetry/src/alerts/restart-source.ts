import type { RestartCount, RestartCounts } from '../actors/restart-counts.js';
import type { AlertRule } from './alert-rule.js';
import type { AlertSource, Look } from './alert-source.js';

/** Versions of behaviours whose actors were restarted, for alert rules. */
export class RestartSource implements AlertSource {
  readonly #counts: RestartCounts;
  readonly #now: () => number;
  #read: readonly RestartCount[] = [];

  constructor(counts: RestartCounts, now: () => number) {
    this.#counts = counts;
    this.#now = now;
  }

  candidates(_rule: AlertRule, limit: number): readonly number[] {
    this.#read = this.#counts.counts(this.#now());
    return this.#read.slice(0, limit).flatMap(({ perMinute }, handle) => (perMinute > 0 ? [handle] : []));
  }

  nameAt(handle: number): string {
    const { behaviour, version } = this.#read[handle]!;
    return version === '' ? behaviour : `${behaviour} ${version}`;
  }

  find(): number | undefined {
    return undefined;
  }

  look(handle: number): Look {
    const { perMinute, behaviour, version } = this.#read[handle]!;
    return {
      name: this.nameAt(handle),
      class: null,
      shown: { restarts: perMinute },
      reading: null,
      code: { behaviour, version, restarts: perMinute, doing: null },
    };
  }
}
