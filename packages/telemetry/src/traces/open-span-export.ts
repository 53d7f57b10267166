import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, HrTime, Span, Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { ATTR_SERVICE_INSTANCE_ID } from '@opentelemetry/semantic-conventions/incubating';
import { SpanQueue } from './span-queue.js';
import type { SpanAttributes, SpanExport, SpanExportOptions, SpanSide, TraceSpan } from './span-export.js';

/** Spans of one request to the collector, and how long they wait for company. */
const BATCH_SPANS = 512;
const BATCH_DELAY_MS = 1_000;
/** What a close waits for the collector. */
const CLOSE_MS = 1_000;
/** Requests that may be unanswered at a time. */
const REQUESTS = 2;

const KINDS: Readonly<Record<SpanSide, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
};

/**
 * Sends spans to a collector by OTLP over HTTP, as JSON. The standard variables of OpenTelemetry add to it:
 * OTEL_EXPORTER_OTLP_HEADERS for what the collector wants for authorization.
 * @param exporter for tests: where spans go instead
 */
export function openSpanExport(options: SpanExportOptions, exporter?: SpanExporter): SpanExport {
  const { version, instance, queue: most, timeoutMs, onTrouble } = options;
  const queue = new SpanQueue(most, onTrouble);
  const url = withPath(options.endpoint);
  const target = exporter ?? new OTLPTraceExporter({ url, timeoutMillis: timeoutMs, concurrencyLimit: REQUESTS });
  const processor = new BatchSpanProcessor({
    exporter: queue.behind(target),
    maxQueueSize: most,
    maxExportBatchSize: Math.min(BATCH_SPANS, most),
    scheduledDelayMillis: BATCH_DELAY_MS,
    exportTimeoutMillis: timeoutMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: 'mailbeam',
      [ATTR_SERVICE_VERSION]: version,
      [ATTR_SERVICE_INSTANCE_ID]: instance,
    }),
    // whoever begins a trace has decided already
    sampler: new AlwaysOnSampler(),
    spanProcessors: [queue.before(processor)],
  });
  const tracer = provider.getTracer('mailbeam', version);
  return {
    counts: queue,
    begin: (name, at, attributes, side) => new OpenSpan(tracer, ROOT_CONTEXT, name, at, attributes, side),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
      // what cannot be sent any more is counted and was told
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

class OpenSpan implements TraceSpan {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;

  constructor(
    tracer: Tracer,
    parent: Context,
    name: string,
    at: number,
    attributes: SpanAttributes,
    side: SpanSide = 'internal',
  ) {
    this.#tracer = tracer;
    this.#span = tracer.startSpan(name, { startTime: hrTime(at), attributes, kind: KINDS[side] }, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  begin(name: string, at: number, attributes: SpanAttributes, side?: SpanSide): TraceSpan {
    return new OpenSpan(this.#tracer, this.#context, name, at, attributes, side);
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes);
  }

  end(at: number, error = ''): void {
    if (error !== '') this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    this.#span.end(hrTime(at));
  }
}

/** As a pair: a number would be taken for ms since the process began where it is small. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1_000) * 1e6))];
}

function withPath(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}
