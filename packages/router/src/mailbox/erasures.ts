/** What a commit erases from one mailbox. */
export interface Erased {
  /** How many messages were acked in turn. */
  readonly acked: number;
  /** Keys that were acked out of turn. */
  readonly ackedKeys: readonly number[] | null;
  /** Keys that failed. */
  readonly failedKeys: readonly number[] | null;
}

/**
 * What of a mailbox is to be erased on disk: everything up to a key, because it was acked, and single keys out of turn,
 * because they failed or because a service was done with them before older ones. Reads pass over it until a commit has erased it.
 */
export class Erasures {
  /** Everything on disk up to this key is acked. */
  ackedUpTo = 0;
  /** Acked messages on disk that no commit erases yet. */
  #acked = 0;
  /** Keys out of turn that no commit erases yet. */
  #ackedKeys: number[] | null = null;
  #failedKeys: number[] | null = null;
  /** Keys out of turn that are not erased on disk. */
  #outOfTurn: Set<number> | null = null;
  /** Messages that lie on disk, and should not. */
  onDisk = 0;

  /** A message on disk, or in the commit under way, was acked, and all before it are over. */
  ack(key: number, isOnDisk: boolean): void {
    this.ackedUpTo = key;
    this.#acked++;
    if (isOnDisk) this.onDisk++;
  }

  /** A message on disk, or in the commit under way, was acked before older ones. */
  ackOutOfTurn(key: number, isOnDisk: boolean): void {
    (this.#ackedKeys ??= []).push(key);
    this.#takeOut(key, isOnDisk);
  }

  /** A message on disk, or in the commit under way, has failed. */
  fail(key: number, isOnDisk: boolean): void {
    (this.#failedKeys ??= []).push(key);
    this.#takeOut(key, isOnDisk);
  }

  /** True when nobody gets the message with this key any more. */
  covers(key: number): boolean {
    return key <= this.ackedUpTo || (this.#outOfTurn !== null && this.#outOfTurn.has(key));
  }

  /** Hands what is to be erased to a commit that is being built. */
  take(): Erased {
    const taken = { acked: this.#acked, ackedKeys: this.#ackedKeys, failedKeys: this.#failedKeys };
    this.#acked = 0;
    this.#ackedKeys = null;
    this.#failedKeys = null;
    return taken;
  }

  /** A commit that erased so much is on disk. */
  done({ acked, ackedKeys, failedKeys }: Erased): void {
    this.onDisk -= acked;
    this.#erased(ackedKeys);
    this.#erased(failedKeys);
  }

  #takeOut(key: number, isOnDisk: boolean): void {
    (this.#outOfTurn ??= new Set()).add(key);
    if (isOnDisk) this.onDisk++;
  }

  #erased(keys: readonly number[] | null): void {
    if (keys === null) return;
    this.onDisk -= keys.length;
    for (const key of keys) this.#outOfTurn!.delete(key);
  }
}
