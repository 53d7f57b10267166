import { describe, expect, test } from '@jest/globals';
import { partitionOf } from '../../src/mailbox/partition.js';
import { Message } from '../../src/mailbox/request.js';
import { Outbox } from '../../src/routing/outbox.js';
import type { NodeId, Placement } from '../../src/seams/placement.js';
import type { Envelope, Transport } from '../../src/seams/transport.js';

/** Even partitions belong to one node, odd ones to another. */
const placement: Placement = {
  self: 'even',
  ownerOf: (partition) => (partition % 2 === 0 ? 'even' : 'odd'),
  epochOf: () => 1,
  onChange: () => () => {},
};
const names = Array.from({ length: 40 }, (_, n) => `u${n}`);
const even = names.filter((name) => partitionOf(name) % 2 === 0);
const odd = names.filter((name) => partitionOf(name) % 2 === 1);

function recorder(onSend: (to: NodeId) => void = () => {}): {
  outbox: Outbox;
  sent: { to: NodeId; names: string[] }[];
} {
  const sent: { to: NodeId; names: string[] }[] = [];
  const transport: Transport = {
    send: (to: NodeId, batch: readonly Envelope[]) => {
      sent.push({ to, names: batch.map((e) => e.to) });
      onSend(to);
    },
    listen: () => {},
  };
  return { outbox: new Outbox(placement, transport), sent };
}

const messageTo = (to: string): Message => new Message(1, false, to, 1, -1, new Uint8Array(0), 0, 0);

describe('the outbox', () => {
  test('hands over nothing before its flush, then one batch a node in the order of sending', () => {
    const { outbox, sent } = recorder();
    for (const name of [even[0]!, odd[0]!, even[1]!, odd[1]!, even[2]!]) outbox.message(messageTo(name));
    expect(sent).toEqual([]);
    outbox.flush();
    expect(sent).toEqual([
      { to: 'even', names: even.slice(0, 3) },
      { to: 'odd', names: odd.slice(0, 2) },
    ]);
    outbox.flush();
    expect(sent).toHaveLength(2);
  });

  test('keeps messages, receipts and signals for one node in their order', () => {
    const { outbox, sent } = recorder();
    const [a, b, c] = even as [string, string, string];
    outbox.message(messageTo(a));
    const receipt = {
      peer: 'x',
      kind: 1,
      origin: 1,
      cid: 1,
      ts: 1,
      code: '',
      upTo: 0,
      requests: null,
      needsDisk: true,
    } as const;
    outbox.receipt(b, receipt);
    outbox.signal({ kind: 'signal', to: c, from: 'x', body: new Uint8Array(1) });
    outbox.flush();
    expect(sent).toEqual([{ to: 'even', names: [a, b, c] }]);
  });

  test('hands over what its batches cause in the same flush', () => {
    let caused = false;
    const { outbox, sent } = recorder(() => {
      if (caused) return;
      caused = true;
      outbox.message(messageTo(odd[0]!));
    });
    outbox.message(messageTo(even[0]!));
    outbox.flush();
    expect(sent.map((s) => s.to)).toEqual(['even', 'odd']);
  });
});
