import { DecayingSum } from '../rates/decaying-sum.js';
import type { Decay } from '../rates/decay.js';
import { DepthDistribution } from './depth-distribution.js';
import { Ranking } from './ranking.js';
import type { Places } from './ranking.js';

/** Sums and rankings of the mailboxes of one class. */
export class ClassFigures {
  /** Messages waiting. */
  depth = 0;
  readonly in: DecayingSum;
  readonly out: DecayingSum;
  /** Messages that left without being handled: expired, purged, given up. */
  dropped = 0;
  /** Slots in use. */
  slots = 0;
  readonly distribution = new DepthDistribution();
  readonly deepest: Ranking;
  readonly growing: Ranking;
  readonly oldest: Ranking;

  constructor(decay: Decay, places: { readonly deepest: Places; readonly growing: Places; readonly oldest: Places }) {
    this.in = new DecayingSum(decay);
    this.out = new DecayingSum(decay);
    this.deepest = new Ranking(places.deepest);
    this.growing = new Ranking(places.growing);
    this.oldest = new Ranking(places.oldest);
  }

  /** A mailbox of this class had `before` messages, and has `after`. */
  moved(before: number, after: number): void {
    this.depth = Math.max(0, this.depth + after - before);
    this.distribution.move(before, after);
  }
}
