import { describe, expect, test } from '@jest/globals';
import type { Signal } from '../../src/alerts/alert-rule.js';
import type { AlertRuleInput } from '../../src/alerts/rule-schema.js';
import { mailboxClasses } from '../../src/mailbox-class.js';
import type { MailboxClass } from '../../src/mailbox-class.js';
import { EngineFixture } from './engine-fixture.js';

type OfMailbox = Exclude<Signal, 'restarts' | 'switchedOff'>;

/** What makes a mailbox fulfil a condition. */
interface Story {
  readonly condition: number;
  /** Messages in and out in each second, so long as it fires. */
  readonly came: number;
  readonly left: number;
  readonly before: number;
}

const stories: Record<OfMailbox, Story> = {
  depth: { condition: 90, came: 0, left: 0, before: 100 },
  growth: { condition: 10, came: 30, left: 5, before: 0 },
  oldestSeconds: { condition: 8, came: 0, left: 0, before: 100 },
  stalledSeconds: { condition: 8, came: 1, left: 0, before: 100 },
  drainSeconds: { condition: 60, came: 5, left: 6, before: 500 },
};

const ruleOf = (signal: OfMailbox, className: MailboxClass): AlertRuleInput => ({
  name: signal.toLowerCase(),
  classes: [className],
  warning: { [signal]: stories[signal].condition },
  forSeconds: 2,
  clearForSeconds: 2,
});

/** Of somebody who is away nothing is expected to be taken. */
const isKnown = (signal: OfMailbox, className: MailboxClass): boolean =>
  className !== 'away' || (signal !== 'stalledSeconds' && signal !== 'drainSeconds');

const cases = (Object.keys(stories) as OfMailbox[]).flatMap((signal) =>
  mailboxClasses.filter((className) => isKnown(signal, className)).map((className) => [signal, className] as const),
);

describe('a rule about', () => {
  test.each(cases)('%s of class %s fires for it, says its figures, and is over', (signal, className) => {
    const f = new EngineFixture([ruleOf(signal, className)]);
    const { came, left, before } = stories[signal];
    const run = (seconds: number): void => {
      for (let i = 0; i < seconds; i++) {
        f.fill('box', came, 'ann', className);
        // another class, the same trouble
        f.fill('other', came, 'ann', className === 'system' ? 'group' : 'system');
        if (left > 0) f.statistics.left(f.mailbox('box').slot, left);
        f.pass(1);
      }
    };
    f.fill('box', before, 'ann', className);
    f.fill('other', before, 'ann', className === 'system' ? 'group' : 'system');
    run(15);
    const name = className === 'session' || className === 'away' ? '~box' : 'box';
    const id = `${signal.toLowerCase()}/${name}`;
    expect(f.events.map(({ type, alert }) => `${type} ${alert.id}`)).toEqual([`firing ${id}`]);
    const { class: told, figures } = f.events[0]!.alert;
    expect(told).toBe(className);
    expect(figures![signal]!).toBeGreaterThanOrEqual(stories[signal].condition);
    f.told();
    f.empty('box');
    f.pass(40);
    expect(f.told()).toEqual([`resolved warning ${id}`]);
  });

  test.each(['stalledSeconds', 'drainSeconds'] as const)('%s never fires for somebody who is away', (signal) => {
    const f = new EngineFixture([ruleOf(signal, 'away')]);
    f.fill('box', 5_000, 'ann', 'away');
    f.pass(120);
    expect(f.told()).toEqual([]);
  });

  test('growth alone finds the one that grows among many that are deeper', () => {
    const f = new EngineFixture([ruleOf('growth', 'away')], { maxCandidates: 100 });
    for (let i = 0; i < 5_000; i++) f.fill(`still-${i}`, 2_000, 'ann', 'away');
    f.pass(60);
    expect(f.told().filter((told) => !told.endsWith('/*'))).toEqual([]);
    f.pass(120);
    f.told();
    for (let i = 0; i < 20; i++) {
      f.fill('box', 30, 'ann', 'away');
      f.pass(1);
    }
    expect(f.told()).toEqual(['firing warning growth/~box']);
  });
});
