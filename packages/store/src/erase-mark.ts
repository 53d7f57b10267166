/**
 * What was erased of one mailbox and still lies in a run. A mark covers every key up to `upTo` and single keys beside; how
 * many messages that is is counted once, when somebody asks or when they go. Nothing here walks over the single keys: a
 * purge makes hundreds of thousands.
 */
export class EraseMark {
  readonly user: string;
  readonly name: Buffer;
  readonly hi: number;
  readonly lo: number;
  upTo = -1;
  /** Covered keys up to here have left the total. */
  #countedUpTo = -1;
  /** While it is being counted in parts: up to here the parts have come. */
  #partUpTo = -1;
  #singles: Set<number> | undefined;
  #lowestSingle = Infinity;
  #highestSingle = -1;
  /** Single keys that have not left the total. */
  #uncounted: Set<number> | undefined;
  #lowestUncounted = Infinity;
  #highestUncounted = -1;

  constructor(user: string, hi: number, lo: number) {
    this.user = user;
    this.name = Buffer.from(user);
    this.hi = hi;
    this.lo = lo;
  }

  covers(key: number): boolean {
    return key <= this.upTo || (this.#singles !== undefined && this.#singles.has(key));
  }

  /** Whether a covered key has left the total. */
  counted(key: number): boolean {
    if (key <= this.#partUpTo) return true;
    if (key <= this.#countedUpTo) return true;
    return this.#singles !== undefined && this.#singles.has(key) && this.#uncounted?.has(key) !== true;
  }

  /** From now on every covered key has left the total. */
  setCounted(): void {
    this.#partUpTo = -1;
    this.#countedUpTo = this.upTo;
    this.#uncounted = undefined;
    this.#lowestUncounted = Infinity;
    this.#highestUncounted = -1;
  }

  /** Covered keys up to this one have left the total. Nothing may be added to the mark until {@link setCounted}. */
  setCountedUpTo(key: number): void {
    this.#partUpTo = key;
  }

  get isCounted(): boolean {
    return this.#countedUpTo >= this.upTo && this.#uncounted === undefined;
  }

  addSingle(key: number, counted: boolean): void {
    (this.#singles ??= new Set()).add(key);
    if (key < this.#lowestSingle) this.#lowestSingle = key;
    if (key > this.#highestSingle) this.#highestSingle = key;
    if (counted) return;
    (this.#uncounted ??= new Set()).add(key);
    if (key < this.#lowestUncounted) this.#lowestUncounted = key;
    if (key > this.#highestUncounted) this.#highestUncounted = key;
  }

  /** No key below it is covered, but for those erased in turn. */
  get lowest(): number {
    return this.upTo >= 0 || this.#singles === undefined ? 0 : this.#lowestSingle;
  }

  /** The highest key that it covers. */
  get highest(): number {
    return Math.max(this.upTo, this.#highestSingle);
  }

  /** No covered key below it has not left the total. */
  get lowestUncounted(): number {
    const lowest =
      this.#countedUpTo < this.upTo ? Math.min(this.#countedUpTo + 1, this.#lowestUncounted) : this.#lowestUncounted;
    return Math.max(lowest, this.#partUpTo + 1);
  }

  /** Nor above this one. */
  get highestUncounted(): number {
    return this.#countedUpTo < this.upTo ? Math.max(this.upTo, this.#highestUncounted) : this.#highestUncounted;
  }
}
