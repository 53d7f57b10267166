import type { CodeClock } from './clock.js';
import { CodeError } from './errors.js';
import type { Operation } from './operation.js';

/** An operation as it goes on. */
export class LiveOperation {
  #now: Operation;
  readonly #clock: CodeClock;
  #changed: (() => void)[] = [];

  constructor(begin: Operation, clock: CodeClock) {
    this.#now = Object.freeze(begin);
    this.#clock = clock;
  }

  get now(): Operation {
    return this.#now;
  }

  change(changes: Partial<Omit<Operation, 'id' | 'seq' | 'ended' | 'phaseSince'>>): void {
    const { phase, phaseSince, seq } = this.#now;
    const isSame = (changes.phase ?? phase) === phase;
    const since = isSame ? phaseSince : this.#clock.wall();
    this.#now = Object.freeze({ ...this.#now, ...changes, phaseSince: since, seq: seq + 1 });
    this.#tell();
  }

  end(changes: Partial<Operation> & Pick<Operation, 'phase'>): void {
    const at = this.#clock.wall();
    const end = { phaseSince: at, endedAt: at, ended: true, seq: this.#now.seq + 1 };
    this.#now = Object.freeze({ ...this.#now, ...changes, ...end });
    this.#tell();
  }

  /** As it is once `seq` is above, or it has ended, or the time is up. */
  after(seq: number, waitMs: number): Promise<Operation> {
    if (this.#now.seq > seq || this.#now.ended || waitMs <= 0) return Promise.resolve(this.#now);
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#changed = this.#changed.filter((other) => other !== done);
        resolve(this.#now);
      };
      const cancel = this.#clock.after(waitMs, done);
      this.#changed.push(done);
    });
  }

  ended(): Promise<Operation> {
    if (this.#now.ended) return Promise.resolve(this.#now);
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#now.ended) resolve(this.#now);
        else this.#changed.push(look);
      };
      this.#changed.push(look);
    });
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const fn of changed) fn();
  }
}

/** The operations under way, the last of those that have ended, and who holds which file and name. */
export class Operations {
  readonly #clock: CodeClock;
  readonly #limits: { readonly maxOperations: number; readonly keptOperations: number };
  readonly #known = new Map<string, LiveOperation>();
  readonly #held = new Map<string, LiveOperation>();
  #last = 0;

  constructor(clock: CodeClock, limits: { readonly maxOperations: number; readonly keptOperations: number }) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Newest first. */
  get all(): LiveOperation[] {
    return [...this.#known.values()].reverse();
  }

  get underWay(): LiveOperation[] {
    return [...this.#known.values()].filter(({ now }) => !now.ended);
  }

  /** @throws CodeError `unknown_operation` */
  get(id: string): LiveOperation {
    const found = this.#known.get(id);
    if (found === undefined) throw new CodeError('unknown_operation', id);
    return found;
  }

  /** The one that holds this file or name. */
  holding(key: string): LiveOperation | undefined {
    const holder = this.#held.get(key);
    return holder?.now.ended === true ? undefined : holder;
  }

  /** @param keys the file and, where it is known, the name. @throws CodeError `operation_in_progress`, `too_many_operations` */
  begin(
    keys: readonly string[],
    given: Omit<Operation, 'id' | 'seq' | 'ended' | 'startedAt' | 'phaseSince'>,
  ): LiveOperation {
    for (const key of keys) this.refuseHeld(key);
    const { length } = this.underWay;
    if (length >= this.#limits.maxOperations) throw new CodeError('too_many_operations', `${length}`);
    const startedAt = this.#clock.wall();
    this.#last++;
    const id = `${startedAt.toString(36)}-${this.#last}`;
    const operation = new LiveOperation(
      { ...given, id, seq: 1, ended: false, startedAt, phaseSince: startedAt },
      this.#clock,
    );
    this.#known.set(id, operation);
    for (const key of keys) this.#held.set(key, operation);
    this.#forgetOld();
    return operation;
  }

  /** From now on it holds this, too. @throws CodeError `operation_in_progress` */
  hold(operation: LiveOperation, key: string): void {
    if (this.holding(key) !== operation) this.refuseHeld(key);
    this.#held.set(key, operation);
  }

  /** It lets go of all that it holds. */
  release(operation: LiveOperation): void {
    for (const [key, holder] of this.#held) if (holder === operation) this.#held.delete(key);
  }

  /** @throws CodeError `operation_in_progress` */
  refuseHeld(key: string): void {
    const holder = this.holding(key)?.now;
    if (holder === undefined) return;
    const what = [holder.what, holder.name ?? holder.file, holder.version].filter((word) => word !== undefined);
    throw new CodeError('operation_in_progress', `${holder.id} (${what.join(' ')}, ${holder.phase})`);
  }

  #forgetOld(): void {
    let extra = this.#known.size - this.#limits.keptOperations - this.underWay.length;
    for (const [id, { now }] of this.#known) {
      if (extra <= 0) return;
      if (!now.ended) continue;
      this.#known.delete(id);
      extra--;
    }
  }
}
