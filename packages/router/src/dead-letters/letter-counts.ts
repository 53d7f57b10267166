import type { DeadLetterFigures } from '@mailbeam/telemetry';
import type { DeadLetterBox } from './dead-letter-box.js';

/** Services that have a series of their own; what more there ever are share one, so that loading modules for months does not add series. */
export const MOST_SERVICES = 100;
const OTHERS = 'others';

/** Why a message that was given up is in no box. */
export type LossReason = 'too_large' | 'disk_full' | 'failed';

/** How many messages were given up since the start, for which service, and which of them are lost to the operator. */
export class LetterCounts {
  readonly #box: DeadLetterBox;
  /** Addresses of the services that run. */
  readonly #running: () => Iterable<string>;
  readonly #given = new Map<string, number>();
  readonly #lost: Record<LossReason, number> = { too_large: 0, disk_full: 0, failed: 0 };

  constructor(box: DeadLetterBox, running: () => Iterable<string>) {
    this.#box = box;
    this.#running = running;
  }

  givenUp(service: string): void {
    const name = this.#nameFor(service);
    this.#given.set(name, (this.#given.get(name) ?? 0) + 1);
  }

  lost(reason: LossReason): void {
    this.#lost[reason]++;
  }

  /** Services that run and reasons are there with 0 too: `increase` does not see a series that begins at 1. */
  figures(): DeadLetterFigures {
    for (const service of this.#running()) {
      const name = this.#nameFor(service);
      if (!this.#given.has(name)) this.#given.set(name, 0);
    }
    const lost = new Map<string, number>(Object.entries({ pushed_out: this.#box.dropped, ...this.#lost }));
    return { kept: this.#box.count, bytes: this.#box.bytes, givenUp: this.#given, lost };
  }

  #nameFor(service: string): string {
    return this.#given.has(service) || this.#given.size < MOST_SERVICES ? service : OTHERS;
  }
}
