import { randomBytes } from 'node:crypto';
import { mailboxClasses } from '@mailbeam/telemetry';
import type { NodeFigures, Telemetry } from '@mailbeam/telemetry';
import { QuantilesSince } from './quantile.js';
import { Seconds } from './seconds.js';
import type { SecondsView } from './seconds.js';

/** What is read once a second. */
export interface SecondsSource {
  readonly telemetry: Telemetry;
  readonly figures: () => NodeFigures;
  /** Ms since the epoch. */
  readonly wall: () => number;
  /** Monotonic ms. */
  readonly mono: () => number;
  /** Processor time of this process since it began, ms, and its memory, bytes. */
  readonly usage: () => { readonly cpuMs: number; readonly residentBytes: number };
}

/** Unit a second where it is a rate; latencies and ages in s, `cpu` in cores. */
const columns = [
  ...mailboxClasses.map((name) => `depth.${name}`),
  ...['in', 'out', 'accepted', 'delivered', 'rejected'],
  ...['accept.p50', 'accept.p99', 'deliver.p50', 'deliver.p99', 'commit.p99', 'turn.p99'],
  ...['connections', 'pending', 'oldest', 'cpu', 'resident'],
] as const;

interface Counts {
  readonly mono: number;
  readonly cpuMs: number;
  readonly in: number;
  readonly out: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly rejected: number;
}

/** The last ten minutes of a node, second by second, in memory: what a chart begins with. */
export class RecentSeconds {
  readonly #source: SecondsSource;
  readonly #seconds = new Seconds(randomBytes(6).toString('hex'), columns);
  readonly #accept: QuantilesSince;
  readonly #deliver: QuantilesSince;
  readonly #commit: QuantilesSince;
  readonly #turn: QuantilesSince;
  #before: Counts;

  constructor(source: SecondsSource) {
    this.#source = source;
    const { accept, deliver, commit, turn } = source.telemetry.histograms;
    this.#accept = new QuantilesSince(accept);
    this.#deliver = new QuantilesSince(deliver);
    this.#commit = new QuantilesSince(commit);
    this.#turn = new QuantilesSince(turn);
    this.#before = this.#counts(source.figures(), source.usage().cpuMs);
  }

  after(number: number): SecondsView {
    return this.#seconds.after(number);
  }

  /** Notes a second. Rates are of the time that has really passed. */
  note(): void {
    const { telemetry, figures, usage, wall } = this.#source;
    telemetry.statistics.settle();
    const node = figures();
    const { cpuMs, residentBytes } = usage();
    const now = this.#counts(node, cpuMs);
    const before = this.#before;
    const seconds = (now.mono - before.mono) / 1_000;
    if (seconds <= 0) return;
    this.#before = now;
    for (const quantiles of [this.#accept, this.#deliver, this.#commit, this.#turn]) quantiles.look();
    const classes = mailboxClasses.map((name) => ({ name, of: telemetry.statistics.of(name) }));
    const oldest = classes.flatMap(({ name, of }) => (name === 'away' ? [] : of.oldest.top(1)));
    const rate = (key: keyof Counts): number => Math.max(0, now[key] - before[key]) / seconds;
    this.#seconds.add(wall(), {
      ...Object.fromEntries(classes.map(({ name, of }) => [`depth.${name}`, of.depth])),
      in: rate('in'),
      out: rate('out'),
      accepted: rate('accepted'),
      delivered: rate('delivered'),
      rejected: rate('rejected'),
      'accept.p50': this.#accept.of(0.5),
      'accept.p99': this.#accept.of(0.99),
      'deliver.p50': this.#deliver.of(0.5),
      'deliver.p99': this.#deliver.of(0.99),
      'commit.p99': this.#commit.of(0.99),
      'turn.p99': this.#turn.of(0.99),
      connections: node.connections,
      pending: node.pendingMessages,
      oldest: Math.max(0, ...oldest.map((slot) => telemetry.statistics.reading(slot).oldestSeconds)),
      cpu: rate('cpuMs') / 1_000,
      resident: residentBytes,
    });
  }

  /** Mailboxes of the router's own actors are left out: what waits for them is in those of users already. */
  #counts({ accepted, delivered, rejected }: NodeFigures, cpuMs: number): Counts {
    const { statistics } = this.#source.telemetry;
    let came = 0;
    let left = 0;
    for (const name of mailboxClasses) {
      if (name === 'system') continue;
      const figures = statistics.of(name);
      came += figures.in.total;
      left += figures.out.total;
    }
    const refused = [...rejected.values()].reduce((sum, count) => sum + count, 0);
    return { mono: this.#source.mono(), cpuMs, in: came, out: left, accepted, delivered, rejected: refused };
  }
}
