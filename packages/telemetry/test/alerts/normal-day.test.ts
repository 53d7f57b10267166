import { describe, expect, test } from '@jest/globals';
import { defaultRules } from '../../src/alerts/default-rules.js';
import type { MeasuredMailbox } from '../../src/statistics/slots.js';
import { Random } from '../random.js';
import { EngineFixture } from './engine-fixture.js';

const USERS = 300;
const DAY = 86_400;
/** A service that takes part in nearly everything, and can do a fifth more than the usual peak. */
const SERVICE_CAPACITY = 1.2;
/** Messages a second among the users at the peak, and to the service. */
const PEAK = 60;
const SERVICE_PEAK = 600;

/** Part of the peak at an hour of the day: quiet at four, a peak in the evening. */
const activity = (second: number): number =>
  0.15 + 0.85 * Math.max(0, Math.sin((Math.PI * (second / 3_600 - 7)) / 17)) ** 2;

interface User {
  readonly mailbox: MeasuredMailbox;
  isOnline: boolean;
  /** When it comes or goes next. */
  changesAt: number;
  /** A phone without a signal: connected, and acks nothing until then. */
  silentUntil: number;
  /** Acks a second, after it came back to a full mailbox. */
  readonly pace: number;
  waiting: number;
}

/** A town that talks, second by second. */
class Town {
  readonly f = new EngineFixture(defaultRules);
  readonly users: User[];
  readonly #random: Random;
  #serviceWaiting = 0;
  #burstUntil = -300;
  deepestAway = 0;
  deepestService = 0;
  second = 0;

  constructor(random: Random) {
    this.#random = random;
    this.users = Array.from({ length: USERS }, (_, i) => ({
      mailbox: { name: `u${i}`, slot: 0 },
      isOnline: false,
      changesAt: random.below(7_200),
      silentUntil: 0,
      pace: 50 + random.below(1_000),
      waiting: 0,
    }));
  }

  run(seconds: number, stuck?: { readonly user: User; readonly perSecond: number }): void {
    const { f } = this;
    for (const end = this.second + seconds; this.second < end; this.second++) {
      this.#talk();
      this.#serve();
      if (stuck !== undefined) this.#put(stuck.user, stuck.perSecond);
      for (const user of this.users) if (user !== stuck?.user) this.#live(user);
      f.pass(1);
    }
  }

  /** Somebody who is online now. */
  online(): User {
    const user = this.users.find(({ isOnline, waiting }) => isOnline && waiting === 0)!;
    user.changesAt = Infinity;
    return user;
  }

  #talk(): void {
    const random = this.#random;
    for (let n = random.poisson(PEAK * activity(this.second)); n > 0; n--) {
      // a few get most
      const user = this.users[Math.floor(USERS * random.next() ** 2)]!;
      if (user.isOnline || user.waiting < 1_000) this.#put(user, 1);
    }
  }

  #put(user: User, messages: number): void {
    const { statistics } = this.f;
    if (user.mailbox.slot === 0) statistics.open(user.mailbox, user.isOnline ? 'session' : 'away', user.waiting);
    statistics.arrived(user.mailbox.slot, `u${this.#random.below(USERS)}`, messages);
    user.waiting += messages;
    if (!user.isOnline) this.deepestAway = Math.max(this.deepestAway, user.waiting);
  }

  #live(user: User): void {
    const random = this.#random;
    const { statistics } = this.f;
    const { mailbox } = user;
    if (this.second >= user.changesAt) {
      user.isOnline = !user.isOnline;
      user.changesAt =
        this.second + (user.isOnline ? 60 + random.below(2_400) : random.below(14_400 / activity(this.second)));
      if (user.isOnline) statistics.open(mailbox, 'session', user.waiting, this.f.now - random.below(3_600_000));
    }
    if (!user.isOnline) {
      if (mailbox.slot !== 0) statistics.park(mailbox);
      return;
    }
    // one loses its signal now and then; after 64 s the connection is found to be gone
    if (random.chance(1 / 1_800)) user.silentUntil = this.second + random.below(64);
    if (this.second < user.silentUntil || user.waiting === 0) return;
    const acked = Math.min(user.waiting, user.pace);
    statistics.left(mailbox.slot, acked);
    user.waiting -= acked;
  }

  #serve(): void {
    const random = this.#random;
    // a burst of 35 % for a minute, a few times an hour; two on end would be an overload, of which one wants to be told
    if (this.second >= this.#burstUntil + 300 && random.chance(1 / 900)) this.#burstUntil = this.second + 60;
    const burst = this.second < this.#burstUntil ? 1.35 : 1;
    const came = random.poisson(SERVICE_PEAK * activity(this.second) * burst);
    this.#serviceWaiting += came;
    this.f.fill('$bank', came, 'u1', 'service');
    const handled = Math.min(this.#serviceWaiting, SERVICE_PEAK * SERVICE_CAPACITY);
    this.#serviceWaiting -= handled;
    this.f.statistics.left(this.f.mailbox('$bank').slot, handled);
    this.deepestService = Math.max(this.deepestService, this.#serviceWaiting);
  }
}

const random = new Random();

describe(`the default rules (seed ${random.seed})`, () => {
  const town = new Town(random);

  test('tell nothing in 24 hours of a normal day', () => {
    town.run(DAY);
    expect(town.f.told()).toEqual([]);
    // it was a day with all that: full mailboxes of people who are away, a service that fell behind in bursts
    expect(town.deepestAway).toBeGreaterThanOrEqual(500);
    expect(town.deepestService).toBeGreaterThan(1_000);
  }, 120_000);

  test.each([200, 30])(
    'tell within 15 s of a consumer that is stuck while %d messages a second come, and when it is well again',
    (perSecond) => {
      const evening = new Town(random);
      evening.second = 19 * 3_600;
      evening.run(3_600 + random.below(3_600));
      expect(evening.f.told()).toEqual([]);
      const user = evening.online();
      evening.run(15, { user, perSecond });
      expect(evening.f.told()[0]).toMatch(`consumer_stuck/~${user.mailbox.name}`);
      evening.run(120);
      expect(evening.f.told().at(-1)).toMatch(`consumer_stuck/~${user.mailbox.name}`);
      expect(evening.f.engine.alerts()).toEqual([]);
    },
    60_000,
  );
});
