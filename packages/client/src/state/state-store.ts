/**
 * Where a client keeps what must outlive it: its name, its reserved numbers, what it has processed, what is not yet
 * answered. A seam of three methods; `stateStoreContract` in the tests is what every implementation must pass. One
 * store belongs to one user at one router, and to one running client at a time.
 */
export interface StateStore {
  /**
   * Takes the store for one client and answers all that it holds. Rejects with `StateError` `state_in_use` when
   * another client has it, `state_damaged` when it cannot be read whole: a state that forgot its numbers would use
   * them twice.
   */
  open(): Promise<Map<string, Uint8Array>>;
  /** Makes all the changes, or none: undefined removes a key. Settles when they are durable. Never called twice at once. */
  write(changes: ReadonlyMap<string, Uint8Array | undefined>): Promise<void>;
  /** Lets the store go; it may be opened again. */
  close(): Promise<void>;
}
