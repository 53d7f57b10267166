/**
 * What was erased of one mailbox and still lies in a run. A mark covers every key up to `upTo` and the keys of
 * `singles`; how many messages that are is counted once, when somebody asks or when they go.
 */
export class EraseMark {
  readonly user: string;
  readonly name: Buffer;
  readonly hi: number;
  readonly lo: number;
  upTo = -1;
  /** Covered keys in here have left the total. */
  countedUpTo = -1;
  /** key -> has left the total. */
  singles: Map<number, boolean> | undefined;

  constructor(user: string, hi: number, lo: number) {
    this.user = user;
    this.name = Buffer.from(user);
    this.hi = hi;
    this.lo = lo;
  }

  covers(key: number): boolean {
    return key <= this.upTo || (this.singles !== undefined && this.singles.has(key));
  }

  /** Whether a covered key has left the total. */
  counted(key: number): boolean {
    return key <= this.countedUpTo || (this.singles !== undefined && this.singles.get(key) === true);
  }

  /** From now on every covered key has left the total. */
  setCounted(): void {
    this.countedUpTo = this.upTo;
    if (this.singles !== undefined) for (const key of this.singles.keys()) this.singles.set(key, true);
  }

  get isCounted(): boolean {
    if (this.countedUpTo < this.upTo) return false;
    if (this.singles === undefined) return true;
    for (const counted of this.singles.values()) if (!counted) return false;
    return true;
  }

  addSingle(key: number, counted: boolean): void {
    this.singles ??= new Map();
    this.singles.set(key, counted);
  }

  /** No key below it is covered, but for those erased in turn. */
  get lowest(): number {
    return this.upTo >= 0 || this.singles === undefined ? 0 : Math.min(...this.singles.keys());
  }

  /** The highest key that it covers. */
  get highest(): number {
    let highest = this.upTo;
    if (this.singles !== undefined) for (const key of this.singles.keys()) highest = Math.max(highest, key);
    return highest;
  }
}
