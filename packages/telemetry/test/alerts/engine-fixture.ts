import { RestartCounts } from '../../src/actors/restart-counts.js';
import { AlertEngine } from '../../src/alerts/alert-engine.js';
import type { AlertEvent } from '../../src/alerts/alert.js';
import type { AlertRuleInput } from '../../src/alerts/rule-schema.js';
import type { SwitchedOff } from '../../src/alerts/switched-off-source.js';
import type { AlertOptions } from '../../src/options.js';
import type { Filler } from '../../src/statistics/heavy-hitters.js';
import { MailboxStatistics } from '../../src/statistics/mailbox-statistics.js';
import type { MailboxClass } from '../../src/mailbox-class.js';
import type { MeasuredMailbox } from '../../src/statistics/slots.js';

/** Midnight of a day. */
export const WALL = 1_700_006_400_000;
const START = 1_000;

/** Statistics and an engine whose time the test moves. */
export class EngineFixture {
  readonly statistics = new MailboxStatistics(START);
  readonly restarts = new RestartCounts();
  readonly events: AlertEvent[] = [];
  readonly engine: AlertEngine;
  now = START;
  /** Who sent what waits, as the host sees it. */
  waiting: readonly Filler[] = [];
  switchedOff: readonly SwitchedOff[] = [];
  readonly #mailboxes = new Map<string, MeasuredMailbox>();

  constructor(rules: readonly AlertRuleInput[], options: AlertOptions = {}) {
    this.engine = new AlertEngine(
      this.statistics,
      this.restarts,
      {
        show: (name, className) => (className === 'session' || className === 'away' ? `~${name}` : name),
        describe: (name) => ({
          behaviour: `b-${name}`,
          version: '3',
          lastLoad: { module: 'session', version: '3', at: WALL - 60_000 },
          doing: 'waiting',
        }),
        lastLoad: (behaviour) => ({ module: behaviour, version: '2', at: WALL }),
        sendersOf: () => this.waiting,
        switchedOff: () => this.switchedOff,
        onEvent: (event) => void this.events.push(event),
      },
      options,
    );
    this.engine.setRules(rules);
  }

  get wall(): number {
    return WALL + this.now - START;
  }

  mailbox(name: string, className: MailboxClass = 'session'): MeasuredMailbox {
    let one = this.#mailboxes.get(name);
    if (one === undefined) this.#mailboxes.set(name, (one = { name, slot: 0 }));
    if (one.slot === 0) this.statistics.open(one, className);
    return one;
  }

  fill(name: string, messages: number, from = 'ann', className: MailboxClass = 'session'): void {
    this.statistics.arrived(this.mailbox(name, className).slot, from, messages);
  }

  empty(name: string): void {
    const { slot } = this.mailbox(name);
    this.statistics.left(slot, this.statistics.reading(slot).depth);
  }

  /** Lets time pass, in ticks of 250 ms. */
  pass(seconds: number): void {
    for (let i = 0; i < seconds * 4; i++) {
      this.now += 250;
      this.statistics.turn(this.now);
      this.statistics.settle();
      this.statistics.sweep();
      this.engine.tick(this.now, this.wall);
    }
  }

  /** Ids and types of what was told since the last call. */
  told(): string[] {
    return this.events.splice(0).map(({ type, alert }) => `${type} ${alert.severity} ${alert.id}`);
  }
}
