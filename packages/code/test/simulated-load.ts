import type { Counts } from '../src/counts.js';
import { noCounts } from '../src/counts.js';
import type { DepthSample } from '../src/depth-growth.js';
import { Gate } from '../src/gate.js';
import type { GateOptions, GateVerdict } from '../src/gate.js';
import { bucketEndMs, bucketOf, VersionStats } from '../src/version-stats.js';
import { normalTail } from './normal-tail.js';
import type { Random } from './random.js';

// A look at a global is slow in a vm context, where tests run.
const { floor, log, min, round } = Math;

/** How a version behaves. */
export interface Behaves {
  readonly crash?: number;
  readonly reject?: number;
  /** Factor of all handling times. */
  readonly slower?: number;
  /** Messages that each mailbox gains a second. */
  readonly growth?: number;
}

export interface LoadOptions {
  readonly fresh: Behaves;
  readonly old?: Behaves;
  /** Median handling time, ms, and the spread of its logarithm. */
  readonly medianMs?: number;
  readonly spread?: number;
  readonly perSecond?: number;
  /** Share of the new version; 1: nobody is left on the old one. */
  readonly canary?: number;
  readonly instances?: number;
  readonly gate?: Partial<GateOptions>;
}

export const BUCKETS = new VersionStats().times.length;
const STEP_MS = 250;

export interface Ended {
  readonly atMs: number;
  readonly verdict: Exclude<GateVerdict, { verdict: 'wait' | 'extended' }>;
  readonly extended: number;
}

/**
 * Runs a gate against a made-up load: Poisson arrivals in bursts, log-normal times, pauses of the collector that hit whatever
 * is being handled, and a new version that is ten times slower in its first second.
 */
export function gated(random: Random, options: LoadOptions): Ended {
  const { fresh, old = {}, perSecond = 4_000, canary = 0.05 } = options;
  const before = noCounts(BUCKETS);
  for (let at = 0; canary === 1 && at < 30_000; at += STEP_MS)
    handle(random, before, (perSecond * STEP_MS) / 1_000 / 16, old, options, 1);
  const gate = new Gate(
    {
      gateMs: 30_000,
      extensions: 3,
      minHandled: 200,
      floorMs: 0.05,
      before: canary === 1 ? { counts: before, depth: 0.1 } : undefined,
      ...options.gate,
    },
    BUCKETS,
  );
  let extended = 0;
  let burst = 1;
  for (let atMs = STEP_MS; ; atMs += STEP_MS) {
    if (random.chance(0.05)) burst = random.chance(0.5) ? 1 : 0.8 + random.next() * 2.5;
    const messages = (perSecond * STEP_MS * burst) / 1_000;
    const sample = { fresh: noCounts(BUCKETS), old: noCounts(BUCKETS) };
    const cold = atMs <= 1_000 ? 10 : 1;
    handle(random, sample.fresh, messages * canary, fresh, options, cold);
    handle(random, sample.old, messages * (1 - canary), old, options, 1);
    if (random.chance(0.2)) pause(random, sample, canary);
    const instances = options.instances ?? 2_000;
    const verdict = gate.sample({
      ...sample,
      atMs,
      fault: '',
      freshDepth: depths(random, instances * canary, burst, (fresh.growth ?? 0) * (atMs / 1_000)),
      oldDepth: depths(random, instances * (1 - canary), burst, 0),
    });
    if (verdict.verdict === 'extended') extended++;
    if (verdict.verdict === 'good' || verdict.verdict === 'bad') return { atMs, verdict, extended };
  }
}

function handle(random: Random, into: Counts, mean: number, by: Behaves, options: LoadOptions, cold: number): void {
  const { medianMs = 0.2, spread = 0.8 } = options;
  const shares = sharesOf(medianMs * (by.slower ?? 1) * cold, spread);
  let handled = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const messages = shares[bucket]! === 0 ? 0 : random.poisson(mean * shares[bucket]!);
    into.times[bucket]! += messages;
    handled += messages;
  }
  into.handled += handled;
  into.crashes += random.poisson(mean * (by.crash ?? 0));
  into.rejects += random.binomial(handled, by.reject ?? 0);
}

const knownShares = new Map<string, Float64Array>();

/** How a log-normal time falls into the buckets. */
function sharesOf(medianMs: number, spread: number): Float64Array {
  const key = `${medianMs} ${spread}`;
  let shares = knownShares.get(key);
  if (shares === undefined) {
    shares = new Float64Array(BUCKETS);
    const above = (bucket: number): number => normalTail(log(bucketEndMs(bucket) / medianMs) / spread);
    for (let i = 0; i < BUCKETS; i++) {
      const share = (i === 0 ? 1 : above(i - 1)) - (i === BUCKETS - 1 ? 0 : above(i));
      shares[i] = share < 1e-9 ? 0 : share;
    }
    knownShares.set(key, shares);
  }
  return shares;
}

/** Up to 20 handlings, of both versions by their share, take 10 to 60 ms longer. */
function pause(random: Random, { fresh, old }: { fresh: Counts; old: Counts }, canary: number): void {
  const ms = 10 + random.next() * 50;
  for (let hit = random.below(20); hit > 0; hit--) {
    const counts = random.chance(canary) ? fresh : old;
    counts.times[bucketOf(ms)]!++;
    counts.handled++;
  }
}

/** Most mailboxes are empty; some are deep, for all the same reasons. */
function depths(random: Random, instances: number, burst: number, more: number): DepthSample {
  let sum = 0;
  let deepest = 0;
  const looked = min(200, round(instances));
  for (let i = 0; i < looked; i++) {
    const depth = (random.chance(0.05 * burst) ? random.below(20) : 0) + floor(more + random.next() * 0.99);
    sum += depth;
    if (depth > deepest) deepest = depth;
  }
  return { count: looked, sum, deepest };
}
