/** Depths of some instances at one moment. */
export interface DepthSample {
  /** Instances looked at. */
  readonly count: number;
  readonly sum: number;
  readonly deepest: number;
}

/** Samples in a row that must agree, 4 s of them, at least; of a longer row the first and the last half of so many are compared. */
const SAMPLES = 16;
/** From so many instances on, the deepest is left out: one busy mailbox is no sign. */
const TRIMMED_FROM = 5;
/** So many messages more, at least, ... */
const LEAST_EXCESS = 1;
/** ... so many times the old version's, and so much more at the end of the row than at its beginning. */
const LEAST_RATIO = 2;
const LEAST_GROWTH = 1.25;

/** The mean depth without the deepest instance; undefined where nobody was looked at. */
export function meanDepth({ count, sum, deepest }: DepthSample): number | undefined {
  if (count === 0) return undefined;
  return count < TRIMMED_FROM ? sum / count : (sum - deepest) / (count - 1);
}

/** Sees mailboxes of a new version grow while those of the old one do not: more waits, and ever more, for samples in a row. */
export class DepthGrowth {
  readonly #fresh: number[] = [];
  /** What the old version's mean was in the last sample. */
  usual = 0;

  /** The newest mean, when the row is long enough, so that every sample in it is worse, and it has grown since it began. */
  get worse(): number | undefined {
    if (this.#fresh.length < SAMPLES) return undefined;
    const half = SAMPLES / 2;
    const before = mean(this.#fresh.slice(0, half));
    const after = mean(this.#fresh.slice(half));
    return after >= before * LEAST_GROWTH && after - before >= LEAST_EXCESS / 2 ? this.#fresh.at(-1) : undefined;
  }

  /** @param old of the same moment, or what was usual before; undefined: unknown, taken for 0 */
  add(fresh: number | undefined, old: number | undefined): void {
    this.usual = old ?? 0;
    if (fresh === undefined) return; // nobody of the new version was among those that were looked at
    if (fresh < this.usual + LEAST_EXCESS || fresh < this.usual * LEAST_RATIO) this.#fresh.length = 0;
    else this.#fresh.push(fresh);
    if (this.#fresh.length > SAMPLES) this.#fresh.splice(SAMPLES / 2, 1); // the beginning stays: steady growth is a smaller and smaller part of the depth
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
