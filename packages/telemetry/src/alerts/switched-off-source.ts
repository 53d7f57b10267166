import type { AlertRule } from './alert-rule.js';
import type { AlertSource, Look } from './alert-source.js';

/** A version of an interceptor that is switched off, and would be asked otherwise. */
export interface SwitchedOff {
  readonly name: string;
  readonly version: string;
  /** Verdicts that took too long, which was why. */
  readonly overruns: number;
  /** What becomes of messages meanwhile. */
  readonly whenOff: 'pass' | 'reject';
}

/** Interceptors that are switched off, for alert rules. */
export class SwitchedOffSource implements AlertSource {
  readonly #list: () => readonly SwitchedOff[];
  #listed: readonly SwitchedOff[] = [];

  constructor(list: () => readonly SwitchedOff[]) {
    this.#list = list;
  }

  candidates(_rule: AlertRule, limit: number): readonly number[] {
    this.#listed = this.#list();
    return [...this.#listed.keys()].slice(0, limit);
  }

  nameAt(handle: number): string {
    const { name, version } = this.#listed[handle]!;
    return `${name} ${version}`;
  }

  find(): number | undefined {
    return undefined;
  }

  look(handle: number): Look {
    const { name: behaviour, version, overruns, whenOff } = this.#listed[handle]!;
    const isRejecting = whenOff === 'reject';
    const doing = `switched off after ${overruns} verdicts that took too long: messages ${isRejecting ? 'are rejected' : 'pass without it'}`;
    return {
      name: this.nameAt(handle),
      class: null,
      shown: { switchedOff: isRejecting ? 2 : 1 },
      reading: null,
      code: { behaviour, version, restarts: null, doing },
    };
  }
}
