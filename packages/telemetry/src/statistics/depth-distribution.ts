/** Least depths of the classes of depth in which mailboxes are counted. An empty mailbox is in none. */
export const depthBounds: readonly number[] = [
  1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000,
];

/** How many mailboxes are how deep. */
export class DepthDistribution {
  readonly #counts = new Float64Array(depthBounds.length);

  /** A mailbox had so many messages and has so many now; 0 on either side: it was, or is, empty. */
  move(before: number, after: number): void {
    const from = boundOf(before);
    const to = boundOf(after);
    if (from === to) return;
    // what lay there at the start is not counted before it is opened
    if (from >= 0 && this.#counts[from]! > 0) this.#counts[from]!--;
    if (to >= 0) this.#counts[to]!++;
  }

  /** Mailboxes from each of {@link depthBounds} up to the next. */
  get counts(): readonly number[] {
    return [...this.#counts];
  }
}

function boundOf(depth: number): number {
  let at = depthBounds.length - 1;
  while (at >= 0 && depthBounds[at]! > depth) at--;
  return at;
}
