/** How many of a million are looked at in one go: well under a millisecond. */
const SLICE = 500;

/** Walks through very many, and lets the node take its turns in between. What is walked over must bear to be left and gone on with. */
export async function inSlices<T>(items: Iterable<T>, look: (item: T) => boolean | void): Promise<void> {
  let left = SLICE;
  for (const item of items) {
    if (look(item) === false) return;
    if (--left > 0) continue;
    left = SLICE;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
