import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mailboxClasses } from '../../src/mailbox-class.js';
import type { MeasuredMailbox } from '../../src/statistics/slots.js';
import { FairTime } from '../fair-time.js';
import { mailbox } from '../mailbox.js';
import { telemetry } from '../metrics/telemetry-fixture.js';
import { Random } from '../random.js';

const MAILBOXES = 1_000_000;
const DEEP = 10_000;
const LIMIT_MS = 5;
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

  function fastest(work: () => void): number {
    const time = new FairTime(LIMIT_MS);
    while (time.wantsMore) {
      time.begin();
      work();
      time.end();
    }
    return time.ms;
  }

  test('reading the 100 deepest, fastest and oldest of each class takes at most 5 ms, and they are the true ones', () => {
    const read = (): number[] =>
      mailboxClasses.flatMap((name) => {
        const { deepest, growing, oldest } = statistics.of(name);
        for (const slot of [...growing.top(100), ...oldest.top(100)]) statistics.reading(slot);
        return deepest.top(100).map((slot) => statistics.reading(slot).depth);
      });
    expect(fastest(read)).toBeLessThan(LIMIT_MS);
    const sorted = depths.filter((_, i) => i % 2 === 0).sort((a, b) => b - a);
    expect(read().slice(0, 100)).toEqual(sorted.slice(0, 100));
  });

  test('a scrape, which is done in one go, takes at most 5 ms', async () => {
    const time = new FairTime(LIMIT_MS);
    while (time.wantsMore) {
      time.begin();
      const { text } = await whole.scrape(undefined);
      time.end();
      expect(text.match(/^mailbeam_mailbox_top_depth\{/gm)?.length).toBe(20);
    }
    expect(time.ms).toBeLessThan(LIMIT_MS);
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
    expect(fastest(settle)).toBeLessThan(LIMIT_MS);
    expect(fastest(() => statistics.sweep())).toBeLessThan(LIMIT_MS);
  });
});
