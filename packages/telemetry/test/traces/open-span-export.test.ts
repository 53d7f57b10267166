import { describe, expect, test } from '@jest/globals';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import * as messaging from '@opentelemetry/semantic-conventions/incubating';
import { openSpanExport } from '../../src/traces/open-span-export.js';
import type { SpanExport, SpanTrouble } from '../../src/traces/span-export.js';

const at = 1_700_000_000_000;

type Done = Parameters<SpanExporter['export']>[1];

/** A collector that answers when the test says so. */
class SlowCollector implements SpanExporter {
  readonly batches: { readonly spans: ReadableSpan[]; readonly done: Done }[] = [];

  export(spans: ReadableSpan[], done: Done): void {
    this.batches.push({ spans, done });
  }

  async shutdown(): Promise<void> {}
}

function open(exporter: SpanExporter, queue = 100): { spans: SpanExport; troubles: SpanTrouble[] } {
  const troubles: SpanTrouble[] = [];
  const options = {
    endpoint: 'http://localhost:4318',
    version: '1.0.0',
    instance: 'here:4000',
    queue,
    timeoutMs: 1_000,
  };
  return { spans: openSpanExport({ ...options, onTrouble: (trouble) => troubles.push(trouble) }, exporter), troubles };
}

describe('the export of spans', () => {
  test('gives each its parent, its times, its attributes and what went wrong', async () => {
    const exporter = new InMemorySpanExporter();
    let kept: ReadableSpan[] = [];
    exporter.shutdown = async () => void (kept = exporter.getFinishedSpans());
    const { spans } = open(exporter);
    const send = spans.begin('send', at, { 'mailbeam.sender': 'x', left: undefined }, 'server');
    const queue = send.begin('queue', at + 0.25, { 'mailbeam.mailbox.depth': 3 });
    queue.end(at + 2.5, 'expired');
    send.set({ 'mailbeam.code': 'y' });
    send.end(at + 1);
    await spans.close();
    const [one, two] = kept;
    expect([one!.name, two!.name]).toEqual(['queue', 'send']);
    expect(one!.parentSpanContext).toMatchObject({
      spanId: two!.spanContext().spanId,
      traceId: two!.spanContext().traceId,
    });
    expect([one!.startTime, one!.endTime]).toEqual([
      [at / 1_000, 250_000],
      [at / 1_000, 2_500_000],
    ]);
    expect(one!.status).toEqual({ code: 2, message: 'expired' });
    expect(two!.attributes).toEqual({ 'mailbeam.sender': 'x', 'mailbeam.code': 'y' });
    expect(two!.kind).toBe(1);
    expect(two!.resource.attributes).toMatchObject({ 'service.name': 'mailbeam', 'service.instance.id': 'here:4000' });
    expect(spans.counts).toMatchObject({ exported: 2, failed: 0, dropped: 0 });
  });

  test('a collector that does not answer: as many wait as may, the others are dropped and counted', () => {
    const collector = new SlowCollector();
    const { spans, troubles } = open(collector, 10);
    for (let i = 0; i < 25; i++) spans.begin('send', at, {}).end(at);
    expect(spans.counts).toMatchObject({ exported: 0, failed: 0, dropped: 15 });
    expect(collector.batches.map((batch) => batch.spans.length)).toEqual([10]);
    expect(troubles).toEqual([{ exported: 0, failed: 0, dropped: 1, reason: 'the queue is full' }]);
    collector.batches[0]!.done({ code: 0 });
    spans.begin('send', at, {}).end(at);
    expect(spans.counts).toMatchObject({ exported: 10, dropped: 15 });
  });

  test('one that refuses: the spans are counted, and it is told once a minute', async () => {
    const collector = new SlowCollector();
    const { spans, troubles } = open(collector, 4);
    for (let batch = 0; batch < 3; batch++) {
      for (let i = 0; i < 4; i++) spans.begin('send', at, {}).end(at);
      const error = Object.assign(new Error('what it answered'), { code: 503 });
      collector.batches[batch]!.done({ code: 1, error });
      for (let i = 0; i < 10; i++) await Promise.resolve(); // the processor goes on
    }
    expect(spans.counts).toMatchObject({ exported: 0, failed: 12, dropped: 0 });
    expect(troubles).toEqual([{ exported: 0, failed: 4, dropped: 0, reason: 'status 503' }]);
  });
});

test('the names that the router gives are those of the conventions', () => {
  expect([
    messaging.ATTR_MESSAGING_SYSTEM_NAME,
    messaging.ATTR_MESSAGING_OPERATION_NAME,
    messaging.ATTR_MESSAGING_OPERATION_TYPE,
    messaging.ATTR_MESSAGING_DESTINATION_NAME,
    messaging.ATTR_MESSAGING_MESSAGE_ID,
    messaging.ATTR_MESSAGING_MESSAGE_BODY_SIZE,
  ]).toEqual([
    'messaging.system.name',
    'messaging.operation.name',
    'messaging.operation.type',
    'messaging.destination.name',
    'messaging.message.id',
    'messaging.message.body.size',
  ]);
});
