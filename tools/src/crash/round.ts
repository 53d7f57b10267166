import { setTimeout as delay } from 'node:timers/promises';
import { check } from './checker.js';
import type { RoundFacts } from './checker.js';
import { ClientActor } from './client-actor.js';
import { EventClock } from './event-log.js';
import type { UserLog } from './event-log.js';
import { ElisionWatch } from './exposure.js';
import type { KillRecord } from './exposure.js';
import type { RouterUnderTest } from './router-under-test.js';
import type { KillPlan, Scenario } from './scenario.js';
import { Violations } from './violation.js';
import type { Violation } from './violation.js';
import { until } from './waiting.js';
import type { World } from './world.js';

/** Longest time without any new SEND, and to come to rest when all kills are done: what takes longer is hung. */
const usualPatienceMs = 60_000;
/** So much of the traffic has people who come and go; the rest is sent while everybody settles. */
const unrestShare = 0.85;
/** Nothing may have happened for so long for the round to be at rest. */
const silenceMs = 120;

/** What a round has shown. */
export interface RoundResult {
  readonly scenario: Scenario;
  readonly violations: readonly Violation[];
  readonly kills: readonly KillRecord[];
  readonly logs: readonly UserLog[];
  readonly facts: RoundFacts;
  /** SENDs of the clients, resends not counted. */
  readonly sent: number;
  readonly shown: number;
  readonly writesElided: number;
  readonly ms: number;
}

/** One life of one router: traffic and kills, rest, a last kill, the checks. */
export class Round {
  readonly #scenario: Scenario;
  readonly #router: RouterUnderTest;
  readonly #patienceMs: number;
  readonly #clock = new EventClock();
  readonly #elision = new ElisionWatch();
  readonly #violations = new Violations();
  readonly #kills: KillRecord[] = [];
  readonly #actors: readonly ClientActor[];
  #sent = 0;
  #ids = 0;
  #welcomes = 0;
  #writesElided = 0;
  #lastCounter = 0;

  /** @param patienceMs longest wait for what must come; less for a router that is known to be at fault */
  constructor(scenario: Scenario, router: RouterUnderTest, patienceMs = usualPatienceMs) {
    this.#scenario = scenario;
    this.#router = router;
    this.#patienceMs = patienceMs;
    const world = this.#world();
    this.#actors = scenario.users.map((plan) => new ClientActor(plan, world));
  }

  async run(): Promise<RoundResult> {
    const begin = performance.now();
    let restN = 0;
    try {
      if (this.#scenario.killFirstStartMs >= 0) await this.#router.startAndKill(this.#scenario.killFirstStartMs);
      await this.#router.start();
      const watching = new AbortController();
      const watch = this.#watchElision(watching.signal);
      for (const actor of this.#actors) actor.start();
      for (const kill of this.#scenario.kills) await this.#kill(kill);
      await this.#progress(() => this.#sent >= this.#scenario.messages * unrestShare);
      if (await this.#atRest()) {
        restN = this.#clock.n;
        await this.#afterlife();
      }
      watching.abort();
      await watch;
    } finally {
      for (const actor of this.#actors) actor.stop();
    }
    await this.#closing(restN > 0);
    return this.#result(restN, performance.now() - begin);
  }

  // The parts of a round.

  async #kill({ afterSends, delayMs, victim, againMs }: KillPlan): Promise<void> {
    if (!(await this.#progress(() => this.#sent >= afterSends)))
      return this.#stuck(`${this.#sent} of ${afterSends} SENDs before a kill`);
    await delay(delayMs);
    const welcomes = this.#welcomes;
    this.#record(victim);
    await this.#router.kill(victim);
    for (const ms of againMs) {
      await this.#router.nextNode();
      await delay(ms);
      this.#record('node, starting');
      await this.#router.kill('node');
    }
    const seen = againMs.length === 0 ? welcomes : this.#welcomes;
    if (!(await until(() => this.#welcomes > seen, this.#patienceMs))) this.#stuck('nobody was let in after a kill');
  }

  #record(what: string): void {
    this.#kills.push({
      n: this.#clock.n,
      at: Date.now(),
      what,
      unflushed: this.#actors.reduce((sum, { unanswered }) => sum + unanswered, 0),
      elided: this.#elision.hit(performance.now()),
      inFlight: this.#actors.reduce((sum, { inFlight }) => sum + inFlight, 0),
    });
  }

  /** Everybody connects, everything is sent, answered, taken and told. */
  async #atRest(): Promise<boolean> {
    for (const actor of this.#actors) actor.settle();
    const sent = await this.#progress(() => this.#sent >= this.#scenario.messages);
    const rest = sent && (await until(() => this.#silent(), this.#patienceMs));
    if (!rest) {
      const pending = (await this.#router.status())?.pending;
      const busy = this.#actors.filter(({ idle }) => !idle).map(({ obstacle }) => obstacle);
      this.#stuck(`the router counts ${pending} pending; ${busy.join('; ') || 'every client is idle'}`);
    }
    return rest;
  }

  async #silent(): Promise<boolean> {
    if (!this.#actors.every(({ idle }) => idle)) return false;
    const { n } = this.#clock;
    await delay(silenceMs);
    if (this.#clock.n !== n || !this.#actors.every(({ idle }) => idle)) return false;
    return (await this.#router.status())?.pending === 0 && this.#clock.n === n;
  }

  /** A last kill when the store is quiet: nothing may come back. */
  async #afterlife(): Promise<void> {
    await this.#balance('at rest');
    if (!(await until(async () => (await this.#router.status())?.quiet === true, 60_000, 20)))
      this.#violations.add('drain', '', undefined, 'the store did not become quiet within 60 s');
    this.#record('node, at rest');
    await this.#router.kill('node');
    await until(() => this.#actors.every(({ idle }) => !idle), 5000, 2);
    if (!(await until(() => this.#actors.every(({ idle }) => idle), this.#patienceMs)))
      this.#stuck('after the last kill not everybody came back');
    await delay(silenceMs);
    await this.#balance('after the last kill');
  }

  async #balance(when: string): Promise<void> {
    const status = await this.#router.status();
    if (status === undefined) return this.#violations.add('ledger', '', undefined, `${when}: no answer from /status`);
    const { pending, imbalance, pendingMessages } = status;
    if (pending !== 0 || imbalance !== 0 || pendingMessages !== 0)
      this.#violations.add(
        'ledger',
        '',
        undefined,
        `${when}: pending ${pending}, imbalance ${imbalance}, pendingMessages ${pendingMessages}`,
      );
  }

  async #closing(atRest: boolean): Promise<void> {
    const ending = await this.#router.stop();
    if (ending !== '') this.#violations.add('drain', '', undefined, ending);
    const store = await this.#router.checkStore();
    if (store !== '') this.#violations.add('store', '', undefined, store);
    for (const complaint of this.#router.complaints) this.#violations.add('drain', '', undefined, complaint);
    if (!atRest && this.#violations.list.length === 0) this.#stuck('for an unknown reason');
  }

  #result(restN: number, ms: number): RoundResult {
    const logs = this.#actors.map(({ log }) => log);
    const facts: RoundFacts = {
      kills: this.#kills.map(({ n, at }) => ({ n, at })),
      allowedRejections: this.#scenario.mailboxMessages > 0 ? ['mailbox_full'] : [],
      restN,
    };
    const violations = [...check(logs, facts), ...this.#violations.list];
    const shown = logs.reduce((sum, { events }) => sum + events.filter(({ what }) => what === 'shown').length, 0);
    const { scenario, kills, sent, writesElided } = {
      scenario: this.#scenario,
      kills: this.#kills,
      sent: this.#sent,
      writesElided: this.#writesElided,
    };
    return { scenario, violations, kills, logs, facts, sent, shown, writesElided, ms };
  }

  // What the parts need.

  #world(): World {
    const router = this.#router;
    const { users, messages } = this.#scenario;
    const sent = (): number => this.#sent;
    return {
      get url() {
        return router.url;
      },
      clock: this.#clock,
      names: users.map(({ name }) => name),
      awayNames: users.filter(({ role }) => role === 'away' || role === 'visitor').map(({ name }) => name),
      nextId: () => ++this.#ids,
      get ttlAllowed() {
        return sent() < messages / 2;
      },
      onSent: () => void this.#sent++,
      onWelcome: () => void this.#welcomes++,
      onElided: (count) => this.#elision.elided(count, performance.now()),
    };
  }

  async #watchElision(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const status = await this.#router.status();
      if (status !== undefined) {
        this.#elision.counter(status.writesElided, performance.now());
        this.#writesElided += Math.max(0, status.writesElided - this.#lastCounter);
        this.#lastCounter = status.writesElided;
      }
      await delay(60);
    }
  }

  /** Waits for `reached` as long as SENDs go on leaving. */
  async #progress(reached: () => boolean): Promise<boolean> {
    for (;;) {
      const before = this.#sent;
      if (await until(() => reached() || this.#sent > before, this.#patienceMs, 1)) {
        if (reached()) return true;
      } else return false;
    }
  }

  #stuck(detail: string): void {
    this.#violations.add('drain', '', undefined, detail);
  }
}
