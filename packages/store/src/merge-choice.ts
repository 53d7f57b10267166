/** Runs `from` (included) to `to` (excluded). */
export interface MergeChoice {
  readonly from: number;
  readonly to: number;
}

/** More runs than this are merged whatever their sizes. */
export const MOST_RUNS = 40;

/**
 * Which adjacent runs to merge, size-tiered: the cheapest stretch of `width` runs of which none is larger than two
 * average ones; undefined when there is none. Each message is so rewritten about log(width) of the store's size times.
 * @param sizes bytes of the runs, oldest first
 */
export function chooseMerge(sizes: readonly number[], width: number): MergeChoice | undefined {
  let best: MergeChoice | undefined;
  let bestTotal = Infinity;
  const anySize = sizes.length > MOST_RUNS;
  for (let from = 0; from + width <= sizes.length; from++) {
    const stretch = sizes.slice(from, from + width);
    const total = stretch.reduce((sum, size) => sum + size, 0);
    const alike = Math.max(...stretch) * width <= total * 2;
    if ((alike || anySize) && total < bestTotal) {
      best = { from, to: from + width };
      bestTotal = total;
    }
  }
  return best;
}
