import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mailboxClasses } from '../../src/mailbox-class.js';
import type { MeasuredMailbox } from '../../src/statistics/slots.js';
import { mailbox } from '../mailbox.js';
import { telemetry } from '../metrics/telemetry-fixture.js';
import { Random } from '../random.js';

const MAILBOXES = 1_000_000;
const DEEP = 10_000;
const random = new Random();

describe(`1,000,000 mailboxes of which 10,000 are deep (seed ${random.seed})`, () => {
  const whole = telemetry();
  const { statistics } = whole;
  const boxes: MeasuredMailbox[] = [];
  const depths: number[] = [];

  beforeAll(() => {
    for (let i = 0; i < MAILBOXES; i++) {
      const box = mailbox(`m${i}`);
      const depth = i % (MAILBOXES / DEEP) === 0 ? 100 + random.below(100_000) : random.below(3);
      boxes.push(box);
      depths.push(depth);
      statistics.open(box, i % 2 === 0 ? 'session' : 'away');
      if (depth > 0) statistics.arrived(box.slot, 'ann', depth);
    }
    statistics.turn(1_250);
    statistics.settle();
  });

  afterAll(() => whole.close());

  /** The quickest of some tries, which end once it is below 5 ms: what the work takes, not what else the machine does. */
  function fastest(work: () => void): number {
    let best = Infinity;
    for (let i = 0; i < 7 || (i < 100 && best >= 5); i++) {
      const begun = performance.now();
      work();
      best = Math.min(best, performance.now() - begun);
    }
    return best;
  }

  test('reading the 100 deepest, fastest and oldest of each class takes at most 5 ms, and they are the true ones', () => {
    const read = (): number[] =>
      mailboxClasses.flatMap((name) => {
        const { deepest, growing, oldest } = statistics.of(name);
        for (const slot of [...growing.top(100), ...oldest.top(100)]) statistics.reading(slot);
        return deepest.top(100).map((slot) => statistics.reading(slot).depth);
      });
    expect(fastest(read)).toBeLessThan(5);
    const sorted = depths.filter((_, i) => i % 2 === 0).sort((a, b) => b - a);
    expect(read().slice(0, 100)).toEqual(sorted.slice(0, 100));
  });

  test('a scrape, which is done in one go, takes at most 5 ms', async () => {
    let best = Infinity;
    for (let i = 0; i < 7 || (i < 100 && best >= 5); i++) {
      const begun = performance.now();
      const { text } = await whole.scrape(undefined);
      best = Math.min(best, performance.now() - begun);
      expect(text.match(/^mailbeam_mailbox_top_depth\{/gm)?.length).toBe(20);
    }
    expect(best).toBeLessThan(5);
  });

  test('settling as many touched mailboxes as are let gather takes at most 5 ms, and so does a sweep', () => {
    const settle = (): void => {
      statistics.turn(statistics.decay.now + 250);
      for (let i = 0; i < 2_047; i++) {
        const box = boxes[random.below(MAILBOXES)]!;
        statistics.arrived(box.slot, 'ann');
      }
      statistics.settle();
    };
    expect(fastest(settle)).toBeLessThan(5);
    expect(fastest(() => statistics.sweep())).toBeLessThan(5);
  });
});
