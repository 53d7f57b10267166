import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as it came, attributes as an object. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Otlp {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, 'attributes'> & { attributes: Attribute[] })[];
    }[];
  }[];
}

/** A collector of traces: OTLP over HTTP, as JSON, on a free port of loopback. */
export class Collector {
  readonly spans: CollectedSpan[] = [];
  /** All that came, as it came. */
  readonly texts: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** Requests that are kept without an answer. */
  kept = 0;
  readonly #server;
  readonly #waiting = new Set<() => void>();

  /** @param answers false: it takes connections and requests, and says nothing */
  private constructor(answers: boolean) {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        this.texts.push(body);
        this.authorizations.push(request.headers.authorization);
        this.#take(JSON.parse(body) as Otlp);
        if (answers) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
        else this.kept++;
        for (const look of [...this.#waiting]) look();
      });
    });
  }

  static async listen(answers = true): Promise<Collector> {
    const collector = new Collector(answers);
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves once it is so; looked at whenever something has come. */
  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  /** The tree of a trace, a line each, in the order of their beginnings. */
  tree(traceId: string): string[] {
    const spans = this.spans.filter((span) => span.traceId === traceId);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const below = (parent: string | undefined, depth: number): string[] =>
      spans
        .filter(({ parentSpanId }) => (parent === undefined ? !ids.has(parentSpanId ?? '') : parentSpanId === parent))
        .toSorted((one, other) => Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)))
        .flatMap(({ name, spanId }) => [`${'  '.repeat(depth)}${name}`, ...below(spanId, depth + 1)]);
    return below(undefined, 0);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take({ resourceSpans }: Otlp): void {
    for (const { scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans)
        for (const { attributes, ...span } of spans)
          this.spans.push({
            ...span,
            attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
          });
  }
}
