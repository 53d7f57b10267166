import { visit } from './visit.js';
import type { VisitCounts } from './visit.js';

export interface VisitorsOptions {
  readonly port: number;
  /** How many different people come, each in turn. */
  readonly people: number;
  readonly perSecond: number;
  /** Longest stay, ms. */
  readonly stayMs: number;
  /** How many `steady-N` are always online. */
  readonly steady: number;
  readonly random: () => number;
}

const TICK_MS = 20;
/** Each writes to so many of those who come after. */
const FRIENDS = 2;
/** People who come and go, so many a second, the same people again and again. */
export class Visitors {
  readonly counts: VisitCounts = { visits: 0, delivered: 0, receipts: 0, replies: 0, rejected: 0, failed: 0 };
  /** Why a visit failed, the first time. */
  fault = '';
  readonly #options: VisitorsOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #began = performance.now();
  readonly #there = new Map<number, Promise<void>>();
  #come = 0;
  #next = 0;

  constructor(options: VisitorsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#there.values());
  }

  #tick(): void {
    const due = ((performance.now() - this.#began) / 1_000) * this.#options.perSecond;
    for (; this.#come < due && this.#there.size < this.#options.people; this.#come++) this.#oneComes(this.#come);
  }

  #oneComes(n: number): void {
    const { port, people, stayMs, steady, random } = this.#options;
    // where the router is slow some are still there when it is their turn again
    while (this.#there.has(this.#next)) this.#next = (this.#next + 1) % people;
    const who = this.#next;
    this.#next = (who + 1) % people;
    const plan = {
      port,
      name: `visitor-${who}`,
      client: clientOf(n),
      stayMs: stayMs * (0.2 + 0.8 * random()),
      friends: Array.from(
        { length: FRIENDS },
        () => `visitor-${(who + 1 + Math.floor(random() * (people - 1))) % people}`,
      ),
      online: `steady-${Math.floor(random() * steady)}`,
      polite: n % 2 === 0,
    };
    const visited = visit(plan, this.counts)
      .catch((error: Error) => void (this.fault ||= error.message))
      .finally(() => this.#there.delete(who));
    this.#there.set(who, visited);
  }
}

/** Half come with the phone they always have, a quarter with a new one, a quarter with none that keeps anything. */
function clientOf(n: number): string {
  if (n % 4 === 1) return `new-${n}`;
  return n % 4 === 3 ? '' : 'phone';
}
