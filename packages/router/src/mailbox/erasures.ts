/**
 * What of a mailbox is to be erased on disk: everything up to a key, because it was acked, and single keys out of turn,
 * because they failed. Reads pass over it until a commit has erased it.
 */
export class Erasures {
  /** Everything on disk up to this key is acked. */
  ackedUpTo = 0;
  /** Acked messages on disk that no commit erases yet. */
  #acked = 0;
  /** Keys that failed and that no commit erases yet. */
  #keys: number[] | null = null;
  /** Failed keys that are not erased on disk. */
  #failed: Set<number> | null = null;
  /** Messages that lie on disk, and should not. */
  onDisk = 0;

  /** A message on disk, or in the commit under way, was acked. */
  ack(key: number, isOnDisk: boolean): void {
    this.ackedUpTo = key;
    this.#acked++;
    if (isOnDisk) this.onDisk++;
  }

  /** A message on disk, or in the commit under way, has failed. */
  fail(key: number, isOnDisk: boolean): void {
    (this.#keys ??= []).push(key);
    (this.#failed ??= new Set()).add(key);
    if (isOnDisk) this.onDisk++;
  }

  hasFailed(key: number): boolean {
    return this.#failed !== null && this.#failed.has(key);
  }

  /** True when nobody gets the message with this key any more. */
  covers(key: number): boolean {
    return key <= this.ackedUpTo || this.hasFailed(key);
  }

  /** Hands what is to be erased to a commit that is being built. */
  take(): { readonly acked: number; readonly keys: readonly number[] | null } {
    const taken = { acked: this.#acked, keys: this.#keys };
    this.#acked = 0;
    this.#keys = null;
    return taken;
  }

  /** A commit that erased so much is on disk. */
  done(acked: number, keys: readonly number[] | null): void {
    this.onDisk -= acked;
    if (keys === null) return;
    this.onDisk -= keys.length;
    for (const key of keys) this.#failed!.delete(key);
  }
}
