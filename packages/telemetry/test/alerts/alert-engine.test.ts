import { describe, expect, jest, test } from '@jest/globals';
import type { TelemetryErrorCode } from '../../src/errors.js';
import { FairTime } from '../fair-time.js';
import { EngineFixture, WALL } from './engine-fixture.js';

const deep = { name: 'deep', warning: { depth: 100 }, critical: { depth: 1_000 }, forSeconds: 2, clearForSeconds: 5 };

const refused = (code: TelemetryErrorCode): Error => expect.objectContaining({ code }) as unknown as Error;

describe('an alert', () => {
  test('is told once when it begins, once when it gets worse, once when it is over', () => {
    const f = new EngineFixture([deep]);
    f.fill('bob', 150);
    f.pass(30);
    expect(f.told()).toEqual(['firing warning deep/~bob']);
    f.fill('bob', 2_000);
    f.pass(30);
    expect(f.told()).toEqual(['firing critical deep/~bob']);
    expect(f.engine.worst).toBe('critical');
    f.empty('bob');
    f.pass(30);
    expect(f.told()).toEqual(['resolved critical deep/~bob']);
    expect([f.engine.worst, f.engine.alerts()]).toEqual(['ok', []]);
  });

  test('says everything that is known of the mailbox', () => {
    const f = new EngineFixture([{ ...deep, summary: 'It is deep.' }]);
    f.pass(60);
    f.fill('bob', 300);
    f.pass(1);
    f.fill('bob', 30, 'ann');
    f.fill('bob', 10, '$news');
    f.pass(3);
    expect(f.events[0]!.alert).toMatchObject({
      id: 'deep/~bob',
      rule: 'deep',
      severity: 'warning',
      summary: 'It is deep.',
      name: '~bob',
      class: 'session',
      mailboxes: 1,
      behaviour: 'b-bob',
      version: '3',
      doing: 'waiting',
      lastLoad: { module: 'session', version: '3', at: WALL - 60_000 },
      restarts: null,
      topSenders: [
        { name: '~ann', messages: 30, error: 0, share: 0.75 },
        { name: '$news', messages: 10, error: 0, share: 0.25 },
      ],
      look: "mailbeam inspect '~bob'",
    });
    const { figures, since, at } = f.events[0]!.alert;
    expect(figures).toMatchObject({ depth: 340, drainSeconds: Infinity });
    expect(at).toBe(since);
    expect(f.wall - at).toBeLessThan(2_000);
  });

  test('says who sent what waits, until enough have come since its senders are counted', () => {
    const f = new EngineFixture([deep]);
    f.waiting = Array.from({ length: 8 }, (_, i) => ({ name: `w${i}`, messages: 20 - i, error: 0, share: 0.1 }));
    const senders = (): string[] => f.events.at(-1)!.alert.topSenders.map(({ name }) => name);
    f.fill('bob', 150);
    f.pass(5);
    expect(senders()).toEqual(['~w0', '~w1', '~w2', '~w3', '~w4']);
    f.fill('bob', 150);
    f.pass(1);
    f.fill('bob', 900, 'ann');
    f.pass(5);
    expect(senders()).toEqual(['~ann']);
  });

  test('is about the classes and names of its rule only', () => {
    const f = new EngineFixture([{ ...deep, classes: ['service'], mailboxes: '$b*k' }]);
    f.fill('bank', 150);
    f.fill('$bank', 150, 'ann', 'service');
    f.fill('$bot', 150, 'ann', 'service');
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/$bank']);
  });

  test('ends when its user goes away, where the rule does not look', () => {
    const f = new EngineFixture([deep]);
    f.fill('bob', 150);
    f.pass(10);
    f.statistics.park(f.mailbox('bob'));
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/~bob', 'resolved warning deep/~bob']);
  });

  test('goes on when its mailbox gets another slot', () => {
    const f = new EngineFixture([{ ...deep, classes: ['session', 'away'] }]);
    f.fill('bob', 150);
    f.pass(10);
    f.statistics.park(f.mailbox('bob'));
    f.pass(1);
    f.mailbox('bob');
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/~bob']);
  });

  test('of restarts is about a version of a behaviour', () => {
    const f = new EngineFixture([{ name: 'restarts', warning: { restarts: 10 }, forSeconds: 5, clearForSeconds: 5 }]);
    for (let i = 0; i < 12; i++) f.restarts.restarted('echo', '7', f.now);
    for (let i = 0; i < 3; i++) f.restarts.restarted('echo', '6', f.now);
    f.pass(10);
    expect(f.events[0]!.alert).toMatchObject({
      name: 'echo 7',
      class: null,
      restarts: 12,
      behaviour: 'echo',
      version: '7',
      figures: null,
      look: 'mailbeam versions echo',
      lastLoad: { module: 'echo', version: '2', at: WALL },
    });
    f.pass(120);
    expect(f.told()).toEqual(['firing warning restarts/echo 7', 'resolved warning restarts/echo 7']);
  });
});

describe('an interceptor that is switched off', () => {
  const rule = {
    name: 'off',
    warning: { switchedOff: 1 },
    critical: { switchedOff: 2 },
    forSeconds: 5,
    clearForSeconds: 0,
  };
  const version = { name: 'filter', version: '3', overruns: 10 } as const;

  test.each([
    ['pass', 'warning', 'messages pass without it'],
    ['reject', 'critical', 'messages are rejected'],
  ] as const)('is told, and when its version is gone; whenOff %s', (whenOff, severity, what) => {
    const f = new EngineFixture([rule]);
    f.switchedOff = [{ ...version, whenOff }];
    f.pass(4);
    expect(f.events).toEqual([]);
    f.pass(4);
    expect(f.events[0]!.alert).toMatchObject({
      ...{ name: 'filter 3', class: null, severity, restarts: null, behaviour: 'filter', version: '3', figures: null },
      doing: `switched off after 10 verdicts that took too long: ${what}`,
      lastLoad: { module: 'filter', version: '2', at: WALL },
      look: 'mailbeam versions filter',
    });
    f.switchedOff = [];
    f.pass(3);
    expect(f.told()).toEqual([`firing ${severity} off/filter 3`, `resolved ${severity} off/filter 3`]);
  });

  test('and goes back by itself at once is told to nobody', () => {
    const f = new EngineFixture([rule]);
    f.switchedOff = [{ ...version, whenOff: 'reject' }];
    f.pass(3);
    f.switchedOff = [];
    f.pass(20);
    expect(f.events).toEqual([]);
  });

  test('is told as long as a rule of the same name is about that', () => {
    const f = new EngineFixture([rule]);
    f.switchedOff = [{ ...version, whenOff: 'pass' }];
    f.pass(8);
    f.engine.setRules([{ name: 'off', warning: { restarts: 1 } }]);
    f.pass(8);
    expect(f.told()).toEqual(['firing warning off/filter 3', 'resolved warning off/filter 3']);
  });
});

describe('many at once', () => {
  test('are told as one alert, which is over when the last of them is', () => {
    const f = new EngineFixture([{ ...deep, critical: { depth: 5_000 } }]);
    for (let i = 0; i < 1_000; i++) f.fill(`m${i}`, 200 + i);
    f.pass(20);
    expect(f.events.map(({ alert }) => [alert.id, alert.mailboxes, alert.name])).toEqual([['deep/*', 1_000, '~m999']]);
    expect(f.events[0]!.alert).toMatchObject({
      examples: ['~m999', '~m998', '~m997', '~m996', '~m995'],
      look: 'mailbeam top',
    });
    expect(f.engine.alerts().length).toBe(1);
    f.told();
    for (let i = 1; i < 1_000; i++) f.empty(`m${i}`);
    f.pass(20);
    expect(f.told()).toEqual([]);
    f.empty('m0');
    f.pass(20);
    expect(f.told()).toEqual(['resolved warning deep/*']);
  });

  test('are told again when they are twice as many, or one is critical', () => {
    const f = new EngineFixture([{ ...deep, critical: { depth: 5_000 } }]);
    for (let i = 0; i < 20; i++) f.fill(`m${i}`, 200);
    f.pass(10);
    for (let i = 20; i < 39; i++) f.fill(`m${i}`, 200);
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/*']);
    f.fill('m39', 200);
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/*']);
    f.fill('m7', 10_000);
    f.pass(10);
    expect(f.told()).toEqual(['firing critical deep/*']);
  });

  test('leave those alone that were told by themselves', () => {
    const f = new EngineFixture([deep]);
    f.fill('first', 150);
    f.pass(10);
    for (let i = 0; i < 50; i++) f.fill(`m${i}`, 200);
    f.pass(10);
    f.empty('first');
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/~first', 'firing warning deep/*', 'resolved warning deep/~first']);
  });

  test('are looked at in slices: no tick takes longer than 5 ms, and all are found', () => {
    const f = new EngineFixture([deep]);
    for (let i = 0; i < 10_000; i++) f.fill(`m${i}`, 200 + i);
    const readings = jest.spyOn(f.statistics, 'reading');
    for (let i = 0; i < 32; i++) {
      readings.mockClear();
      f.pass(0.25);
      expect(readings.mock.calls.length).toBeLessThanOrEqual(1_000); // sliceReadings
    }
    readings.mockRestore();
    f.now += 250;
    const time = new FairTime(5); // of the longest tick of a pass; 10,000 take 11 ticks
    while (time.wantsMore) {
      let slowest = 0;
      time.begin();
      for (let i = 0; i < 11; i++) {
        f.now += 250;
        f.statistics.turn(f.now);
        const begun = performance.now();
        f.engine.tick(f.now, f.wall);
        slowest = Math.max(slowest, performance.now() - begun);
      }
      time.note(slowest);
    }
    expect(time.ms).toBeLessThan(5);
    expect(f.engine.alerts()[0]!.mailboxes).toBe(10_000);
  });
});

describe('a silence', () => {
  const until = WALL + 60_000;

  test('keeps what begins from being told until it ends', () => {
    const f = new EngineFixture([deep]);
    f.engine.silence({ mailbox: '~bob', until }, f.wall);
    f.fill('bob', 150);
    f.fill('cid', 150);
    f.pass(30);
    expect(f.told()).toEqual(['firing warning deep/~cid']);
    f.pass(40);
    expect(f.told()).toEqual(['firing warning deep/~bob']);
    expect(f.engine.silences(f.wall)).toEqual([]);
  });

  test('takes back what fires, and what is over meanwhile is not told', () => {
    const f = new EngineFixture([deep]);
    f.fill('bob', 150);
    f.pass(10);
    f.engine.silence({ rule: 'deep', until, by: 'sre', comment: 'known' }, f.wall);
    f.pass(10);
    expect([f.engine.worst, f.engine.alerts()]).toEqual(['ok', []]);
    f.empty('bob');
    f.pass(60);
    expect(f.told()).toEqual(['firing warning deep/~bob', 'silenced warning deep/~bob']);
  });

  test('from before is kept under its id, until the same end', () => {
    const f = new EngineFixture([deep]);
    f.engine.restoreSilences([
      { id: 'a-1', mailbox: '~bob', until },
      { id: 'a-2', rule: 'deep', until: WALL - 1 },
    ]);
    f.fill('bob', 150);
    f.pass(30);
    expect(f.told()).toEqual([]);
    expect(f.engine.silences(f.wall)).toEqual([{ id: 'a-1', mailbox: '~bob', until }]);
    f.pass(40);
    expect(f.told()).toEqual(['firing warning deep/~bob']);
  });

  test('gets an id that no other has, also by the same clock', () => {
    const f = new EngineFixture([deep]);
    const { id } = f.engine.silence({ rule: 'deep', until }, WALL);
    const other = new EngineFixture([deep]);
    other.engine.restoreSilences([{ id, rule: 'deep', until }]);
    expect(other.engine.silence({ rule: 'deep', until }, WALL).id).not.toBe(id);
  });

  test('may be ended before its time', () => {
    const f = new EngineFixture([deep]);
    const { id } = f.engine.silence({ class: 'session', until }, f.wall);
    f.fill('bob', 150);
    f.pass(10);
    f.engine.endSilence(id);
    f.pass(2);
    expect(f.told()).toEqual(['firing warning deep/~bob']);
    expect(() => f.engine.endSilence(id)).toThrow(refused('unknown_silence'));
  });

  test.each([
    ['an end that is over', { rule: 'deep', until: WALL - 1 }],
    ['no end', { rule: 'deep', until: Infinity }],
    ['nothing that it is about', { until }],
  ])('is refused with %s', (_, request) => {
    const f = new EngineFixture([deep]);
    expect(() => f.engine.silence(request, WALL)).toThrow(refused('bad_silence'));
  });
});

describe('rules', () => {
  test('changed at run time go on with what fires', () => {
    const f = new EngineFixture([deep]);
    f.fill('bob', 150);
    f.pass(10);
    f.engine.setRules([{ ...deep, warning: { depth: 120 } }]);
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/~bob']);
    f.engine.setRules([{ ...deep, warning: { depth: 1_000 } }]);
    f.pass(10);
    expect(f.told()).toEqual(['resolved warning deep/~bob']);
  });

  test('taken away end what fires by them', () => {
    const f = new EngineFixture([deep]);
    f.fill('bob', 150);
    for (let i = 0; i < 3; i++) f.pass(3);
    f.engine.setRules([]);
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/~bob', 'resolved warning deep/~bob']);
  });

  test('that are wrong change nothing', () => {
    const f = new EngineFixture([deep]);
    expect(() => f.engine.setRules([{ name: 'x' }])).toThrow(refused('bad_rule'));
    f.fill('bob', 150);
    f.pass(10);
    expect(f.told()).toEqual(['firing warning deep/~bob']);
  });
});
