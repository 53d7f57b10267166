import { expect, test } from '@jest/globals';
import { PARTITIONS, SingleNodePlacement } from '../../src/seams/placement.js';
import { LoopbackTransport } from '../../src/seams/transport.js';
import { describePlacement } from './placement.contract.js';
import { describeTransport } from './transport.contract.js';

describeTransport('LoopbackTransport', () =>
  Promise.resolve({
    nodes: new Map([['here', new LoopbackTransport('here')]]),
    settled: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  }),
);

describePlacement('SingleNodePlacement', () =>
  Promise.resolve({ placement: new SingleNodePlacement('here'), dispose: () => Promise.resolve() }),
);

test('a single node owns every partition', () => {
  const placement = new SingleNodePlacement('here');
  for (let n = 0; n < PARTITIONS; n++) expect(placement.ownerOf(n)).toBe('here');
});

test('a loopback without a listener says so', () => {
  expect(() => new LoopbackTransport('here').send('here', [])).toThrow('nobody listens');
});
