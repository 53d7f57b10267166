import { defineService } from '@mailbeam/handler';
import type { ServiceMessage } from '@mailbeam/handler';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { settled, TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';
import { trace } from './recorded-spans.js';

const NAMES = ['ann', 'ben', 'cleo'];

type Step =
  | { readonly what: 'send'; readonly by: number; readonly to: number }
  | { readonly what: 'ack' | 'cut' | 'settle'; readonly by: number }
  | { readonly what: 'flush' | 'run' | 'handled'; readonly by: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('send' as const), by: fc.nat(2), to: fc.nat(6) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constantFrom(
        'ack' as const,
        'cut' as const,
        'settle' as const,
        'flush' as const,
        'run' as const,
        'handled' as const,
      ),
      by: fc.nat(2),
    }),
  },
);

/** On disk when it is acked, and behind one that is not. */
const ackedOutOfTurn: Step[] = [
  ...[0, 0, 1].map((by) => ({ what: 'send' as const, by, to: 3 })),
  { what: 'run', by: 0 },
  { what: 'settle', by: 0 },
];

test('whatever happens on the way, each span ends once, and every trace once all is acked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const handling: (() => void)[] = [];
      const node = new TestNode({
        services: [
          defineService({
            ...{ name: 'slow', version: '1.0.0', state: 'caller' as const, init: () => undefined },
            handleMessage: (_message: ServiceMessage) => new Promise<void>((resolve) => handling.push(resolve)),
          }),
        ],
      });
      await node.settle();
      const clients: TestClient[] = [];
      for (const name of NAMES) clients.push(await node.login(name));
      const { traces, lines } = trace(node, { most: 1_000 });
      const cids = [0, 0, 0];
      const ack = (client: TestClient): void => {
        const seqs = [...client.of('deliver'), ...client.of('receipt')].map(({ seq }) => seq);
        if (seqs.length > 0) client.ack(Math.max(...seqs));
      };
      for (const one of steps) {
        if (one.what === 'send') clients[one.by]!.send1(++cids[one.by]!, NAMES[one.to] ?? '$slow');
        else if (one.what === 'ack') ack(clients[one.by]!);
        else if (one.what === 'cut') {
          clients[one.by]!.cut();
          clients[one.by] = await node.login(NAMES[one.by]!);
        } else if (one.what === 'settle') await node.pass(10);
        else if (one.what === 'flush') await node.flush();
        else if (one.what === 'run') node.run();
        else handling.splice(one.by, 1)[0]?.();
      }
      for (let i = 0; i < 20; i++) {
        for (const settle of handling.splice(0)) settle();
        await settled();
        for (const client of clients) ack(client);
        await node.pass(500);
      }
      expect(node.core.ledger.pending).toBe(0);
      expect(lines().filter((line) => line.endsWith('...'))).toEqual([]);
      expect(traces.figures.open).toBe(0);
    }),
    { numRuns: 100, examples: [[ackedOutOfTurn]] },
  );
}, 60_000);
