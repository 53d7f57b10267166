import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { SpanCounts, SpanTrouble } from './span-export.js';

type Done = Parameters<SpanExporter['export']>[1];

/** Trouble is told at most so often. */
const TELL_EVERY_MS = 60_000;

/** Counts what becomes of the spans of one export, and lets no more wait than `most`. */
export class SpanQueue implements SpanCounts {
  readonly #most: number;
  readonly #onTrouble: (trouble: SpanTrouble) => void;
  readonly #now: () => number;
  #waiting = 0;
  #toldAt = -Infinity;
  exported = 0;
  failed = 0;
  dropped = 0;

  /** @param now monotonic ms */
  constructor(most: number, onTrouble: (trouble: SpanTrouble) => void, now = () => performance.now()) {
    this.#most = most;
    this.#onTrouble = onTrouble;
    this.#now = now;
  }

  /** Spans that have ended and are neither exported nor given up. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Lets in what there is room for. */
  before(processor: SpanProcessor): SpanProcessor {
    return {
      onStart: (span: Span, context: Context) => processor.onStart(span, context),
      onEnd: (span: ReadableSpan) => {
        if (this.#waiting >= this.#most) {
          this.dropped++;
          this.#tell('the queue is full');
          return;
        }
        this.#waiting++;
        processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    };
  }

  /** Notes what comes of each batch. */
  behind(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans: ReadableSpan[], done: Done) => {
        exporter.export(spans, (result) => {
          this.#waiting -= spans.length;
          if (result.code === 0) this.exported += spans.length;
          else {
            this.failed += spans.length;
            this.#tell(reasonOf(result.error));
          }
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
      ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush!() }),
    };
  }

  #tell(reason: string): void {
    const now = this.#now();
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    const { exported, failed, dropped } = this;
    this.#onTrouble({ exported, failed, dropped, reason });
  }
}

/** Of what the collector answered only the status is told. */
function reasonOf(error: Error | undefined): string {
  if (error === undefined) return 'unknown';
  const { code, message } = error as Error & { code?: string | number };
  if (typeof code === 'number') return `status ${code}`;
  return code ?? message;
}
