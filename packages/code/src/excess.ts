import { binomialTail, normalTail } from './probability.js';

/** Below this expectation the normal distribution is too rough. */
const EXPECTED_FOR_NORMAL = 20;

/**
 * Whether events (crashes, rejects, slow handlings) fall on the new version more often than chance would have it, as a sum
 * over windows of time: within each, the events are shared out by how much each version handled (Cochran, Mantel, Haenszel).
 * What hits both versions at once, a pause of the collector or a burst, is so taken out.
 */
export class Excess {
  /** Events of the new version in windows in which both handled something. */
  observed = 0;
  expected = 0;
  #variance = 0;
  #events = 0;

  add(freshEvents: number, freshTrials: number, oldEvents: number, oldTrials: number): void {
    if (freshTrials === 0 || oldTrials === 0) return;
    const all = freshTrials + oldTrials;
    const events = freshEvents + oldEvents;
    const share = freshTrials / all;
    this.observed += freshEvents;
    this.expected += events * share;
    this.#events += events;
    if (all > 1) this.#variance += (events * share * (1 - share) * (all - events)) / (all - 1);
  }

  /** The chance of so many or more if the versions were alike; never too small by more than rounding. */
  get chance(): number {
    if (this.observed <= this.expected) return 1;
    // The hypergeometric and the Poisson binomial tail both lie below the binomial one (Hoeffding 1956, 1963).
    if (this.expected < EXPECTED_FOR_NORMAL || this.#variance < EXPECTED_FOR_NORMAL / 2)
      return binomialTail(this.observed, this.#events, this.expected / this.#events);
    return normalTail((this.observed - this.expected - 0.5) / Math.sqrt(this.#variance));
  }
}
