/** Background work in steps, each of them one transaction. */
export interface Job {
  /** True when there is nothing left to do. */
  readonly isDone: boolean;
  /**
   * Reads and puts for one transaction, in one turn, about `bytes` long at most and until about `deadline` on the clock
   * of `performance.now()`. Changes nothing in memory but what it
   * returns as a function, which is called when the transaction is written; after a failure it is called anew.
   */
  write(bytes: number, deadline: number): () => void;
}
