import type { Delivery } from './alert-sink.js';

/** Tries to deliver alerts, by sink and outcome. */
export class DeliveryCounts {
  readonly #counts = new Map<string, { readonly sink: string; readonly outcome: string; count: number }>();

  /** Takes what an endpoint reports. */
  readonly add = ({ sink, outcome }: Delivery): void => {
    const key = `${sink} ${outcome}`;
    let counted = this.#counts.get(key);
    if (counted === undefined) this.#counts.set(key, (counted = { sink, outcome, count: 0 }));
    counted.count++;
  };

  samples(): (readonly [labels: { readonly sink: string; readonly outcome: string }, value: number])[] {
    return [...this.#counts.values()].map(({ sink, outcome, count }) => [{ sink, outcome }, count] as const);
  }
}
