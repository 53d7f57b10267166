/** What a span says of itself. What is undefined is left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** On which side of a conversation a span is, as OpenTelemetry says it. */
export type SpanSide = 'internal' | 'server' | 'client' | 'consumer';

/** One part of a message's way, open until {@link TraceSpan.end}. Times are ms since the epoch, with fractions. */
export interface TraceSpan {
  /** A part of it that begins at `at`. */
  begin(name: string, at: number, attributes: SpanAttributes, side?: SpanSide): TraceSpan;
  set(attributes: SpanAttributes): void;
  /** @param error the code of what went wrong; '' for nothing */
  end(at: number, error?: string): void;
}

/** Spans by what became of them, since the start. */
export interface SpanCounts {
  /** Taken by the collector. */
  readonly exported: number;
  /** Given up after the collector refused them or did not answer in time. */
  readonly failed: number;
  /** Not kept because so many waited already. */
  readonly dropped: number;
}

/** What traces are counted by, since the node started. */
export interface TraceFigures {
  /** Messages that are traced; that were chosen and over the limit a second. */
  readonly sampled: number;
  readonly limited: number;
  /** Traces that have not ended. */
  readonly open: number;
  readonly spans: SpanCounts;
}

/** Where spans go. It never blocks, and never holds more of them than its queue. */
export interface SpanExport {
  /** Begins a trace at `at`, ms since the epoch. */
  begin(name: string, at: number, attributes: SpanAttributes, side?: SpanSide): TraceSpan;
  readonly counts: SpanCounts;
  /** Sends what waits, for a second at most, and ends. */
  close(): Promise<void>;
}

/** What a {@link SpanExport} has to report: at most once a minute, with the sums since the start. */
export interface SpanTrouble extends SpanCounts {
  /** What the last failure was. */
  readonly reason: string;
}

export interface SpanExportOptions {
  /** OTLP/HTTP: the address of the collector; without a path, `/v1/traces` is meant. */
  readonly endpoint: string;
  /** The version of the router. */
  readonly version: string;
  /** Name of this router among others. */
  readonly instance: string;
  /** Most spans that wait for the collector, those under way included. */
  readonly queue: number;
  /** A request that is not answered after so long is given up, ms. */
  readonly timeoutMs: number;
  readonly onTrouble: (trouble: SpanTrouble) => void;
}
