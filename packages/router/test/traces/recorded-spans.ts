import type { SpanAttributes, SpanCounts, SpanExport, SpanSide, TraceSpan } from '@mailbeam/telemetry';
import type { TestNode } from '../../src/test-kit/test-node.js';
import { Sampler } from '../../src/traces/sampler.js';
import { Traces } from '../../src/traces/traces.js';

/** A span as it was begun and ended. */
export class RecordedSpan implements TraceSpan {
  readonly name: string;
  readonly from: number;
  readonly side: SpanSide;
  readonly attributes: Record<string, unknown>;
  readonly parts: RecordedSpan[] = [];
  to: number | null = null;
  error = '';

  constructor(name: string, from: number, attributes: SpanAttributes, side: SpanSide = 'internal') {
    this.name = name;
    this.from = from;
    this.side = side;
    this.attributes = { ...attributes };
  }

  begin(name: string, at: number, attributes: SpanAttributes, side?: SpanSide): RecordedSpan {
    const part = new RecordedSpan(name, at, attributes, side);
    this.parts.push(part);
    return part;
  }

  set(attributes: SpanAttributes): void {
    if (this.to === null) Object.assign(this.attributes, attributes);
  }

  end(at: number, error = ''): void {
    if (this.to !== null) throw new Error(`${this.name} has ended already`);
    this.to = at;
    this.error = error;
  }

  /** It and its parts, a line each: `deliver 5-8 !disconnected`, ms since `start`; one that is open ends in `...`. */
  lines(start: number, depth = 0): string[] {
    const end = this.to === null ? '...' : `${this.to - start}`;
    const line = `${'  '.repeat(depth)}${this.name} ${this.from - start}-${end}${this.error === '' ? '' : ` !${this.error}`}`;
    return [line, ...this.parts.flatMap((part) => part.lines(start, depth + 1))];
  }

  part(name: string): RecordedSpan {
    const found = this.parts.find((part) => part.name === name);
    if (found === undefined) throw new Error(`${this.name} has no ${name}`);
    return found;
  }
}

/** Keeps spans where a test looks at them. */
export class RecordedSpans implements SpanExport {
  readonly counts: SpanCounts = { exported: 0, failed: 0, dropped: 0 };
  readonly roots: RecordedSpan[] = [];
  isClosed = false;

  begin(name: string, at: number, attributes: SpanAttributes, side?: SpanSide): RecordedSpan {
    const root = new RecordedSpan(name, at, attributes, side);
    this.roots.push(root);
    return root;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** Has every SEND of a node traced. Its names are shown in upper case. */
export function trace(
  node: TestNode,
  { share = 1, most = 100 } = {},
): { spans: RecordedSpans; traces: Traces; lines: () => string[]; root: () => RecordedSpan } {
  const spans = new RecordedSpans();
  const sampler = new Sampler(1_000_000);
  sampler.share = share;
  const names = { show: (name: string) => (name.startsWith('$') ? name : name.toUpperCase()) };
  const traces = new Traces(sampler, spans, names, node.clock, most);
  node.core.traceWith(traces);
  const start = node.clock.wall;
  return {
    ...{ spans, traces },
    lines: () => spans.roots.flatMap((root) => root.lines(start)),
    root: () => spans.roots[0]!,
  };
}
