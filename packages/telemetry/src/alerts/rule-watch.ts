import type { AlertRule, Severity } from './alert-rule.js';
import type { AlertSource, Look } from './alert-source.js';
import { isBlank, newState, step } from './alert-state.js';
import type { AlertState } from './alert-state.js';
import { namePattern } from './name-pattern.js';

/** One subject by one rule, for as long as it is not ok, or may not be soon. */
export interface Tracked {
  readonly name: string;
  readonly state: AlertState;
  handle: number;
  /** The pass in which it was looked at. */
  pass: number;
  /** null: a version of code. */
  class: Look['class'];
  /** How bad it is among others that fire by the same rule: depth, restarts a minute, or `switchedOff`. */
  weight: number;
  /** Of a version of code, as it was last seen. */
  code: Look['code'];
  /** What was told of it; null: nothing. */
  told: Severity | null;
  /** Told among many, not by itself. */
  isInGroup: boolean;
}

/** What was told of the many that fire at once. */
export interface Group {
  severity: Severity;
  mailboxes: number;
  readonly since: number;
}

/** One rule, and all that is not ok by it. A pass looks at every candidate, in slices. */
export class RuleWatch {
  readonly tracked = new Map<string, Tracked>();
  group: Group | null = null;
  #rule: AlertRule;
  #matches: (name: string) => boolean;
  #source: AlertSource;
  #queue: readonly number[] = [];
  #next = 0;
  #left: Tracked[] = [];
  #pass = 0;

  constructor(rule: AlertRule, source: AlertSource) {
    this.#rule = rule;
    this.#source = source;
    this.#matches = namePattern(rule.mailboxes);
  }

  get rule(): AlertRule {
    return this.#rule;
  }

  /** Goes on with other thresholds: what fires, fires until it is over by these. */
  change(rule: AlertRule, source: AlertSource): void {
    this.#rule = rule;
    this.#source = source;
    this.#matches = namePattern(rule.mailboxes);
  }

  /** Begins a pass. */
  begin(limit: number): void {
    this.#pass++;
    this.#queue = this.#source.candidates(this.#rule, limit);
    this.#next = 0;
    this.#left = [];
  }

  /** Looks at `most` of the candidates, then at those that were ones before; returns how many are left of `most`: above 0, the pass is over. */
  run(most: number, now: number): number {
    let left = most;
    for (; this.#next < this.#queue.length && left > 0; left--) this.#judge(this.#queue[this.#next++]!, now);
    if (left === 0) return 0;
    if (this.#next === this.#queue.length) {
      this.#next++;
      this.#left = [...this.tracked.values()].filter(({ pass }) => pass !== this.#pass);
    }
    for (; this.#left.length > 0 && left > 0; left--) this.#judgeAgain(this.#left.pop()!, now);
    return left;
  }

  #judge(handle: number, now: number): void {
    const { tracked } = this;
    const name = this.#source.nameAt(handle);
    if (name === '' || !this.#matches(name)) return;
    const look = this.#source.look(handle);
    let one = tracked.get(name);
    if (one === undefined) {
      if (look.class !== null && !this.#rule.classes.includes(look.class)) return;
      const { class: className, code } = look;
      one = {
        name,
        state: newState(),
        handle,
        pass: 0,
        class: className,
        weight: 0,
        code,
        told: null,
        isInGroup: false,
      };
      step(one.state, this.#rule, look.shown, now);
      if (isBlank(one.state)) return;
      tracked.set(name, one);
    } else {
      one.handle = handle;
      step(one.state, this.#rule, look.shown, now);
    }
    note(one, look);
    one.pass = this.#pass;
  }

  #judgeAgain(one: Tracked, now: number): void {
    const look = this.lookAt(one);
    const isOurs =
      look !== undefined && this.#matches(one.name) && (look.class === null || this.#rule.classes.includes(look.class));
    if (look !== undefined) note(one, look);
    step(one.state, this.#rule, isOurs ? look.shown : undefined, now);
  }

  /** What is to be seen of it now; undefined: it is not there any more. */
  lookAt({ name, handle }: Tracked): Look | undefined {
    const found = this.#source.find(name, handle);
    return found === undefined ? undefined : this.#source.look(found);
  }

  /** Candidates of this pass: what beginning it has cost. */
  get candidates(): number {
    return this.#queue.length;
  }

  /** Forgets what is ok and was told to be. */
  forget(): void {
    for (const [name, { state, told }] of this.tracked) if (told === null && isBlank(state)) this.tracked.delete(name);
  }
}

/** What is remembered of a look: the look itself would be kept for thousands, and renewed each second. */
function note(one: Tracked, { class: className, reading, code, shown }: Look): void {
  one.class = className;
  one.code = code;
  one.weight = reading?.depth ?? shown.restarts ?? shown.switchedOff ?? 0;
}
