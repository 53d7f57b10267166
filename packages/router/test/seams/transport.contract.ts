import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '../../src/seams/placement.js';
import type { Envelope, SignalEnvelope, Transport } from '../../src/seams/transport.js';

/** Nodes that are linked by the transport under test; `nodes` has at least one. */
export interface LinkedTransports {
  readonly nodes: ReadonlyMap<NodeId, Transport>;
  /** Resolves when everything that was sent has arrived. */
  settled(): Promise<void>;
  dispose(): Promise<void>;
}

const signal = (n: number): SignalEnvelope => ({ kind: 'signal', to: 'bob', from: `u${n}`, body: Uint8Array.of(n) });

/** Tests that every Transport passes. */
export function describeTransport(name: string, link: () => Promise<LinkedTransports>): void {
  describe(`${name} keeps the contract of a Transport:`, () => {
    const withNodes = async (run: (linked: LinkedTransports) => Promise<void>): Promise<void> => {
      const linked = await link();
      try {
        await run(linked);
      } finally {
        await linked.dispose();
      }
    };

    test('a batch arrives whole, once, with the name of its sender, at every node and at oneself', () =>
      withNodes(async ({ nodes, settled }) => {
        const arrived: [NodeId, NodeId, readonly Envelope[]][] = [];
        for (const [self, transport] of nodes) transport.listen((from, batch) => arrived.push([from, self, batch]));
        const expected: [NodeId, NodeId, readonly Envelope[]][] = [];
        for (const [from, transport] of nodes)
          for (const to of nodes.keys()) {
            const batch = [signal(1), signal(2)];
            expected.push([from, to, batch.map((e) => ({ ...e }))]);
            transport.send(to, batch);
          }
        await settled();
        const byPair = (a: [string, string, unknown], b: [string, string, unknown]) =>
          `${a[0]}>${a[1]}` < `${b[0]}>${b[1]}` ? -1 : 1;
        expect(arrived.sort(byPair)).toEqual(expected.sort(byPair));
      }));

    test('batches from one node to another arrive in the order in which they were sent', () =>
      withNodes(async ({ nodes, settled }) => {
        const [from] = nodes.keys();
        const to = [...nodes.keys()].at(-1)!;
        const arrived: string[] = [];
        nodes.get(to)!.listen((_, batch) => arrived.push(...batch.map((e) => (e as SignalEnvelope).from)));
        for (let n = 0; n < 50; n++) nodes.get(from!)!.send(to, [signal(n)]);
        await settled();
        expect(arrived).toEqual(Array.from({ length: 50 }, (_, n) => `u${n}`));
      }));

    test('what is sent while a batch is received arrives too, after it', () =>
      withNodes(async ({ nodes, settled }) => {
        const [[self, transport]] = [...nodes] as [[NodeId, Transport]];
        const arrived: string[] = [];
        let answered = false;
        transport.listen((_, batch) => {
          arrived.push(...batch.map((e) => (e as SignalEnvelope).from));
          if (answered) return;
          answered = true;
          transport.send(self, [signal(2)]);
        });
        transport.send(self, [signal(1)]);
        await settled();
        expect(arrived).toEqual(['u1', 'u2']);
      }));

    test('there is one listener, the last', () =>
      withNodes(async ({ nodes, settled }) => {
        const [[self, transport]] = [...nodes] as [[NodeId, Transport]];
        const arrived: string[] = [];
        transport.listen(() => arrived.push('first'));
        transport.listen(() => arrived.push('second'));
        transport.send(self, [signal(1)]);
        await settled();
        expect(arrived).toEqual(['second']);
      }));

    test('a node that it does not know is refused', () =>
      withNodes(async ({ nodes }) => {
        const [transport] = nodes.values();
        transport!.listen(() => {});
        expect(() => transport!.send('no such node', [signal(1)])).toThrow('no such node');
      }));
  });
}
