import { hostname } from 'node:os';
import type { SpanExport, SpanExportOptions, SpanTrouble, TraceFigures } from '@mailbeam/telemetry';
import type { Config } from '../config/index.js';
import type { Core } from '../core.js';
import { machineClock } from '../log/levels.js';
import type { LevelClock } from '../log/levels.js';
import type { Names } from '../privacy/names.js';
import { VERSION } from '../version.js';
import { Sampler } from './sampler.js';
import { Traces } from './traces.js';

/** Which share of the messages is traced, as one node leaves it to the next. */
export interface TracedShare {
  /** 0 to 1. */
  readonly sample: number;
  /** Until then, ms since the epoch; null: until it is changed, or the router ends. */
  readonly until: number | null;
  /** The share then, and else. */
  readonly usual: number;
}

/** What `GET /traces` and `PUT /traces` answer. */
export interface TracesView extends TracedShare {
  /** Where spans go, without user and password; '' for nowhere: then nothing can be traced. */
  readonly endpoint: string;
  /** Most messages a second. */
  readonly perSecond: number;
  /** Null: nothing was traced since the start. */
  readonly figures: TraceFigures | null;
}

export interface TracingParts {
  readonly core: Pick<Core, 'clock' | 'traces' | 'traceWith'>;
  readonly config: Config['traces'];
  readonly names: Pick<Names, 'show'>;
  /** Port of this router, in its name among others. */
  readonly port: number;
  /** What the node before this one traced when it died; default: none has. */
  readonly before?: TracedShare | undefined;
  /** An operator has changed it. */
  readonly onChange?: ((share: TracedShare) => void) | undefined;
  readonly onTrouble: (trouble: SpanTrouble) => void;
  /** Default: OpenTelemetry, loaded now. */
  readonly open?: (options: SpanExportOptions) => Promise<SpanExport>;
  readonly clock?: LevelClock;
}

async function openTelemetry(options: SpanExportOptions): Promise<SpanExport> {
  const { openSpanExport } = await import('@mailbeam/telemetry/traces');
  return openSpanExport(options);
}

/** How much a node traces. What that needs is loaded when the first message is to be traced, and not before. */
export class Tracing {
  readonly #parts: TracingParts;
  readonly #sampler: Sampler;
  readonly #clock: LevelClock;
  #usual: number;
  #until: number | null = null;
  #cancel: () => void = () => undefined;
  #wanted = 0;
  #opening: Promise<void> | null = null;
  #isClosed = false;

  constructor(parts: TracingParts) {
    this.#parts = parts;
    this.#sampler = new Sampler(parts.config.perSecond);
    this.#clock = parts.clock ?? machineClock;
    this.#usual = parts.config.sample;
  }

  /** True when spans have somewhere to go. */
  get isPossible(): boolean {
    return this.#parts.config.endpoint !== '';
  }

  get view(): TracesView {
    const { endpoint, perSecond } = this.#parts.config;
    return {
      endpoint: withoutSecrets(endpoint),
      sample: this.#sampler.share,
      until: this.#until,
      usual: this.isPossible ? this.#usual : 0,
      perSecond,
      figures: this.#parts.core.traces?.figures ?? null,
    };
  }

  /** Begins as the configuration says, or as the node before left it, for the rest of its time. */
  async begin(): Promise<void> {
    if (!this.isPossible) return;
    const { sample, until, usual } = this.#parts.before ?? { sample: this.#usual, until: null, usual: this.#usual };
    const isOver = until !== null && until <= this.#clock.wall();
    this.#usual = usual;
    if (until !== null && !isOver) this.#endAt(until);
    await this.#sample(isOver ? usual : sample);
  }

  /**
   * Traces another share from now on, where {@link isPossible}.
   * @param forMs only for so long, then what was usual before; null: it is what is usual
   */
  async set(share: number, forMs: number | null): Promise<void> {
    if (this.#isClosed) return;
    this.#cancel();
    this.#cancel = () => undefined;
    this.#until = null;
    if (forMs === null) this.#usual = share;
    else this.#endAt(this.#clock.wall() + forMs);
    this.#parts.onChange?.({ sample: share, until: this.#until, usual: this.#usual });
    await this.#sample(share);
  }

  #endAt(until: number): void {
    this.#until = until;
    this.#cancel = this.#clock.after(until - this.#clock.wall(), () => {
      this.#until = null;
      void this.#sample(this.#usual);
    });
  }

  async #sample(share: number): Promise<void> {
    this.#wanted = share;
    if (share > 0 && this.#parts.core.traces === null) {
      this.#opening ??= this.#open().finally(() => (this.#opening = null));
      await this.#opening;
    }
    // somebody may have asked for another one meanwhile
    if (!this.#isClosed) this.#sampler.share = this.#wanted;
  }

  async #open(): Promise<void> {
    const { core, config, names, port, onTrouble, open = openTelemetry } = this.#parts;
    const { endpoint, queue, timeoutMs } = config;
    const instance = `${hostname()}:${port}`;
    const spans = await open({ ...{ endpoint, queue, timeoutMs, onTrouble, instance }, version: VERSION });
    if (this.#isClosed) return spans.close();
    core.traceWith(new Traces(this.#sampler, spans, names, core.clock, config.open));
  }

  /** Ends what is open, and sends what waits, for a second at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    this.#sampler.share = 0;
    await this.#parts.core.traces?.close();
  }
}

function withoutSecrets(endpoint: string): string {
  if (endpoint === '') return '';
  const url = new URL(endpoint);
  return `${url.origin}${url.pathname}`;
}
