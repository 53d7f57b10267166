import { describe, expect, test } from '@jest/globals';
import type { LevelClock } from '../../src/log/levels.js';
import { TestNode } from '../../src/test-kit/test-node.js';
import { Tracing } from '../../src/traces/tracing.js';
import type { TracedShare } from '../../src/traces/tracing.js';
import { RecordedSpans } from './recorded-spans.js';

const config = {
  endpoint: 'http://ann:secret@localhost:4318',
  sample: 0.5,
  perSecond: 9,
  open: 7,
  queue: 8,
  timeoutMs: 100,
};

/** Tracing of a node whose packages are not loaded, with a clock that the test moves. */
function tracing(change: Partial<typeof config> = {}, before?: TracedShare) {
  const node = new TestNode();
  const spans = new RecordedSpans();
  const timers = new Set<() => void>();
  const opened: string[] = [];
  const told: TracedShare[] = [];
  const clock: LevelClock = {
    wall: () => node.clock.wall,
    after: (_ms, fn) => {
      timers.add(fn);
      return () => timers.delete(fn);
    },
  };
  const made = new Tracing({
    ...{ core: node.core, names: { show: (name: string) => name }, port: 4000, clock, onTrouble: () => undefined },
    ...{ before, onChange: (share: TracedShare) => void told.push(share) },
    config: { ...config, ...change },
    open: async ({ endpoint }) => {
      opened.push(endpoint);
      return spans;
    },
  });
  const elapse = (): void => {
    for (const fn of timers) fn();
    timers.clear();
  };
  return { ...{ node, spans, tracing: made, opened, told, elapse } };
}

describe('tracing', () => {
  test('without a collector it loads nothing, and messages pass untraced', async () => {
    const { node, opened, tracing: off } = tracing({ endpoint: '' });
    await off.begin();
    expect([off.isPossible, opened, node.core.traces, node.core.inlet.traces]).toEqual([false, [], null, null]);
    expect(off.view).toEqual({ endpoint: '', sample: 0, until: null, usual: 0, perSecond: 9, figures: null });
    await off.close();
  });

  test('with a share of 0 it loads nothing either, until somebody wants more', async () => {
    const { node, opened, tracing: later } = tracing({ sample: 0 });
    await later.begin();
    expect([opened, node.core.traces]).toEqual([[], null]);
    await later.set(0.1, null);
    expect(opened).toHaveLength(1);
    expect(node.core.traces).not.toBeNull();
    expect(later.view).toMatchObject({ sample: 0.1, usual: 0.1, figures: { sampled: 0, open: 0 } });
  });

  test('begins with the share of the configuration, and shows no password', async () => {
    const { tracing: on } = tracing();
    await on.begin();
    expect(on.view).toMatchObject({ endpoint: 'http://localhost:4318/', sample: 0.5, usual: 0.5, until: null });
  });

  test('another share for a time goes back by itself', async () => {
    const { node, elapse, tracing: on } = tracing();
    await on.begin();
    await on.set(1, 60_000);
    expect(on.view).toMatchObject({ sample: 1, usual: 0.5, until: node.clock.wall + 60_000 });
    elapse();
    expect(on.view).toMatchObject({ sample: 0.5, until: null });
  });

  test('what is set later stays when the time of an earlier one is over', async () => {
    const { elapse, tracing: on } = tracing();
    await on.begin();
    await on.set(1, 60_000);
    await on.set(0.2, null);
    elapse();
    expect(on.view).toMatchObject({ sample: 0.2, usual: 0.2, until: null });
  });

  test('what an operator set goes on in the node after one that died, for the rest of its time', async () => {
    const { node, told, tracing: on } = tracing();
    await on.begin();
    await on.set(0.2, null);
    await on.set(1, 60_000);
    const until = node.clock.wall + 60_000;
    expect(told).toEqual([
      { sample: 0.2, until: null, usual: 0.2 },
      { sample: 1, until, usual: 0.2 },
    ]);
    const next = tracing({}, told[1]);
    await next.tracing.begin();
    expect(next.tracing.view).toMatchObject({ sample: 1, until, usual: 0.2 });
    next.elapse();
    expect(next.tracing.view).toMatchObject({ sample: 0.2, until: null, usual: 0.2 });
    const late = tracing({}, { sample: 1, until: node.clock.wall, usual: 0.2 });
    await late.tracing.begin();
    expect(late.tracing.view).toMatchObject({ sample: 0.2, until: null });
    const nowhere = tracing({ endpoint: '' }, told[1]);
    await nowhere.tracing.begin();
    expect([nowhere.tracing.view.sample, nowhere.opened, next.told, late.told]).toEqual([0, [], [], []]);
  });

  test('two who ask at once open one export', async () => {
    const { opened, tracing: on } = tracing({ sample: 0 });
    await Promise.all([on.set(1, null), on.set(0.5, null)]);
    expect(opened).toHaveLength(1);
  });

  test('its close ends the export', async () => {
    const { spans, tracing: on } = tracing();
    await on.begin();
    await on.close();
    expect(spans.isClosed).toBe(true);
  });
});
