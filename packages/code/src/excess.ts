import { binomialTail } from './probability.js';

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

  add(freshEvents: number, freshTrials: number, oldEvents: number, oldTrials: number): void {
    if (freshTrials === 0 || oldTrials === 0) return;
    const all = freshTrials + oldTrials;
    const events = freshEvents + oldEvents;
    const share = freshTrials / all;
    this.observed += freshEvents;
    this.expected += events * share;
    if (all > 1) this.#variance += (events * share * (1 - share) * (all - events)) / (all - 1);
  }

  /**
   * The chance of so many or more if the versions were alike. A hypergeometric variable is a sum of independent ones that are
   * 0 or 1 (Vatutin and Mikhailov 1982), so all windows together are one too: a binomial one of the same mean and variance is
   * close to it, also far out, where a normal one is too small several times over.
   */
  get chance(): number {
    if (this.observed <= this.expected) return 1;
    const trials = Math.ceil(this.expected ** 2 / (this.expected - this.#variance));
    const n = Math.max(trials, this.observed);
    return binomialTail(this.observed, n, this.expected / n);
  }
}
