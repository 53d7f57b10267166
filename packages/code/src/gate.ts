import { crashes, rejects, share, slowness, worse } from './comparison.js';
import type { Interval, Measure, Seen } from './comparison.js';
import { add, noCounts, timedOf, trialsOf } from './counts.js';
import type { Counts } from './counts.js';
import { DepthGrowth, meanDepth } from './depth-growth.js';
import type { DepthSample } from './depth-growth.js';
import { count, rate } from './figures.js';

export interface GateOptions {
  readonly gateMs: number;
  /** How often it may be as long again. */
  readonly extensions: number;
  /** Handlings below which it saw too little. */
  readonly minHandled: number;
  /** See `gateFloorMs`. */
  readonly floorMs: number;
  /** What the old version did in the time before the rollout: the measure where nobody runs it any more. */
  readonly before: Before | undefined;
}

export interface Before {
  readonly counts: Counts;
  /** The mean depth then; undefined: unknown. */
  readonly depth: number | undefined;
}

/** What was seen since the sample before. */
export interface GateSample extends Interval {
  /** Since the gate began, ms. */
  readonly atMs: number;
  readonly freshDepth: DepthSample;
  readonly oldDepth: DepthSample;
  /** See `VersionStats.fault`, of the new version. */
  readonly fault: string;
}

export type GateVerdict =
  | { readonly verdict: 'wait' }
  /** It saw too little and is as long again. */
  | { readonly verdict: 'extended'; readonly reason: string }
  | { readonly verdict: 'good' | 'bad'; readonly reason: string };

/** Code that was never optimised is slow: times count from the later of these on, and depths from the first, ... */
const WARM_MS = 2_000;
const WARM_HANDLED = 500;
/** ... but not later than this after the first handling, for those that have little to do. */
const WARM_AT_LAST_MS = 10_000;
/** Of the old version: fewer in the window, and the time before is compared with. */
const LEAST_OLD = 100;
/** Intervals that are kept apart; then two by two become one. */
const MOST_INTERVALS = 512;
/** Without an old version beside it, a difference must last: blocks of so much, so many at least, so many of them worse. */
const BLOCK_MS = 1_000;
const BLOCK_TRIALS = 200;
const BLOCKS = 5;
const BLOCKS_WORSE = 0.8;
/** With nothing to compare with: so many crashes, and such a share. */
const CRASHES_ALONE = 5;
const CRASH_SHARE_ALONE = 0.05;

const wait = Object.freeze({ verdict: 'wait' });

/**
 * Decides, from samples of what the new version did and what the old one did in the same time, whether the new one is worse.
 * Knows no clock and keeps nothing but counts; each sample is judged with all that came before.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #fresh: Counts;
  readonly #old: Counts;
  #all: Interval[] = [];
  #samples = 0;
  #warm: Interval[] = [];
  readonly #warmSum: Interval;
  #warmSamples = 0;
  readonly #blocks: Interval[] = [];
  #blockSince = 0;
  readonly #depths = new DepthGrowth();
  #firstMs: number | undefined;
  #isWarm = false;
  #extended = 0;

  constructor(options: GateOptions, buckets: number) {
    this.#options = options;
    this.#fresh = noCounts(buckets);
    this.#old = noCounts(buckets);
    this.#warmSum = { fresh: noCounts(buckets), old: noCounts(buckets) };
  }

  /** Handlings of the new version. */
  get handled(): number {
    return trialsOf(this.#fresh);
  }

  sample(sample: GateSample): GateVerdict {
    const { fresh, old, atMs, fault } = sample;
    add(this.#fresh, fresh);
    add(this.#old, old);
    if (this.#isWarm) this.#addWarm(sample);
    if (atMs >= WARM_MS) this.#addDepths(sample);
    this.#all = kept(this.#all, sample);
    this.#samples++;
    this.#warmUp(atMs);
    const reason = fault === '' ? this.#worse() : fault;
    if (reason !== undefined) return { verdict: 'bad', reason };
    return atMs >= this.#options.gateMs * (this.#extended + 1) ? this.#end() : wait;
  }

  #warmUp(atMs: number): void {
    if (this.#isWarm || this.handled === 0) return;
    this.#firstMs ??= atMs;
    const ranMs = atMs - this.#firstMs;
    this.#isWarm = ranMs >= WARM_MS && (this.handled >= WARM_HANDLED || ranMs >= WARM_AT_LAST_MS);
    this.#blockSince = atMs;
  }

  /** Not only once enough was handled: mailboxes may grow because next to nothing is. */
  #addDepths({ freshDepth, oldDepth }: GateSample): void {
    this.#depths.add(meanDepth(freshDepth), meanDepth(oldDepth) ?? this.#options.before?.depth);
  }

  #addWarm({ fresh, old, atMs }: GateSample): void {
    this.#warm = kept(this.#warm, { fresh, old });
    this.#warmSamples++;
    add(this.#warmSum.fresh, fresh);
    add(this.#warmSum.old, old);
    const block = this.#blocks.at(-1);
    if (block === undefined || (atMs - this.#blockSince >= BLOCK_MS && trialsOf(block.fresh) >= BLOCK_TRIALS)) {
      this.#blocks.push(summed([{ fresh, old }], this.#fresh.times.length));
      this.#blockSince = atMs;
    } else {
      add(block.fresh, fresh);
      add(block.old, old);
    }
    if (this.#blocks.length > MOST_INTERVALS) this.#blocks.shift();
  }

  #worse(): string | undefined {
    return this.#beside() ?? this.#deeper();
  }

  #beside(): string | undefined {
    if (trialsOf(this.#old) >= LEAST_OLD) return this.#againstOld();
    const before = this.#options.before;
    if (before !== undefined && trialsOf(before.counts) >= LEAST_OLD) return this.#againstBefore(before.counts);
    const { crashes: crashed } = this.#fresh;
    if (crashed < CRASHES_ALONE || crashed < this.handled * CRASH_SHARE_ALONE) return undefined;
    return `crash rate ${rate(crashed, this.handled)}, and the old version did too little to compare with`;
  }

  #againstOld(): string | undefined {
    const all = { fresh: this.#fresh, old: this.#old, intervals: this.#all, samples: this.#samples };
    const found = worse(crashes, all) ?? worse(rejects, all);
    if (found !== undefined) return found;
    const warm = { ...this.#warmSum, intervals: this.#warm, samples: this.#warmSamples };
    if (timedOf(warm.old) < LEAST_OLD) return undefined;
    return worse(slowness(warm.old, this.#options.floorMs), warm);
  }

  #againstBefore(before: Counts): string | undefined {
    const seen = (fresh: Counts, samples: number): Seen => {
      const one = { fresh, old: before };
      return { ...one, intervals: [one], samples };
    };
    const crashed = worse(crashes, seen(this.#fresh, this.#samples));
    if (crashed !== undefined) return crashed;
    const slow = timedOf(before) < LEAST_OLD ? undefined : slowness(before, this.#options.floorMs);
    for (const measure of slow === undefined ? [rejects] : [rejects, slow]) {
      const found = this.#lasts(measure, before)
        ? worse(measure, seen(this.#warmSum.fresh, this.#warmSamples))
        : undefined;
      if (found !== undefined) return `${found} before`;
    }
    return undefined;
  }

  #lasts(measure: Measure, before: Counts): boolean {
    const full = this.#blocks.slice(0, -1);
    if (full.length < BLOCKS) return false;
    const usual = share(measure, before);
    const bad = full.filter(({ fresh }) => measure.matters(share(measure, fresh), usual)).length;
    return bad >= full.length * BLOCKS_WORSE;
  }

  #deeper(): string | undefined {
    const depth = this.#depths.worse;
    if (depth === undefined) return undefined;
    const old = this.#depths.usual;
    return `mean mailbox depth ${depth.toFixed(1)} and growing against ${old.toFixed(1)}`;
  }

  #end(): GateVerdict {
    const { minHandled, extensions, gateMs, before } = this.#options;
    const compared = Math.max(trialsOf(this.#old), before === undefined ? 0 : trialsOf(before.counts));
    const few =
      this.handled < minHandled
        ? `the new version handled ${count(this.handled)}`
        : compared < minHandled
          ? `the old version handled ${count(compared)}`
          : undefined;
    if (few === undefined) return { verdict: 'good', reason: `no worse in ${count(this.handled)} handlings` };
    const sentence = `too few samples: ${few}, at least ${count(minHandled)} are needed`;
    if (this.#extended >= extensions) return { verdict: 'good', reason: `${sentence}; kept all the same` };
    this.#extended++;
    return { verdict: 'extended', reason: `${sentence}; watching ${count(gateMs / 1_000)} s more` };
  }
}

/** The list with one more, not too long: neighbours are merged. */
function kept(list: Interval[], { fresh, old }: Interval): Interval[] {
  list.push({ fresh, old });
  if (list.length <= MOST_INTERVALS) return list;
  const half: Interval[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) half.push(summed([list[i]!, list[i + 1]!], fresh.times.length));
  if (list.length % 2 === 1) half.push(list.at(-1)!);
  return half;
}

function summed(list: readonly Interval[], buckets: number): Interval {
  const sum = { fresh: noCounts(buckets), old: noCounts(buckets) };
  for (const { fresh, old } of list) {
    add(sum.fresh, fresh);
    add(sum.old, old);
  }
  return sum;
}
