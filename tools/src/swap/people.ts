import { LatencyHistogram } from '../load/latency-histogram.js';
import { Turn } from '../load/turn.js';
import type { PeopleCount, PeopleJob } from './people-jobs.js';
import { Person } from './person.js';
import type { Crowd } from './person.js';

const TICK_MS = 20;
/** Everybody talks to the next so many. */
const FRIENDS = 3;
const SHOWN_VIOLATIONS = 20;

/** Everybody who talks, in one process, and what they hold against the router in the end. */
export class People implements Crowd {
  readonly turn = new Turn();
  readonly utf8 = new TextDecoder();
  port = 0;
  sent = 0;
  accepted = 0;
  delivered = 0;
  replies = 0;
  calls = 0;
  closed = 0;
  #people: Person[] = [];
  #violations: string[] = [];
  #violationCount = 0;
  #latencies = new LatencyHistogram();
  #most = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;

  async run(job: PeopleJob): Promise<PeopleCount> {
    switch (job.do) {
      case 'login':
        await this.#login(job.port, job.count, job.overMs);
        break;
      case 'talk':
        this.#talk(job.perSecond, job.servicePart);
        break;
      case 'fall_silent':
        await this.#fallSilent(job.limitMs);
        break;
      case 'logout':
        clearInterval(this.#timer);
        for (const person of this.#people) person.logout();
        break;
      case 'count':
        break;
      default:
        job satisfies never;
    }
    return this.#count();
  }

  violated(what: string): void {
    this.#violationCount++;
    if (this.#violations.length < SHOWN_VIOLATIONS) this.#violations.push(what);
  }

  latency(ms: number): void {
    this.#latencies.record(ms * 1000);
    if (ms > this.#most) this.#most = ms;
  }

  async #login(port: number, count: number, overMs: number): Promise<void> {
    this.port = port;
    this.#people = Array.from({ length: count }, (_, i) => new Person(`p${i}`, this));
    const began = performance.now();
    const batch = 50;
    for (let i = 0; i < count; i += batch) {
      await Promise.all(this.#people.slice(i, i + batch).map((person) => person.login()));
      const due = began + (overMs * (i + batch)) / count;
      if (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    }
  }

  #talk(perSecond: number, servicePart: number): void {
    const began = performance.now();
    let said = 0;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - began) / 1000) * perSecond;
      for (; said < due; said++) this.#sayOne(servicePart);
    }, TICK_MS);
  }

  /** One of them says something: everybody comes in turn, so that all sessions have something to do. */
  #sayOne(servicePart: number): void {
    const people = this.#people;
    const t = this.#turn++;
    // a step that has no divisor in common with a round number visits everybody before anybody twice
    const person = people[(t * 7_919) % people.length]!;
    if (!person.mayTalk) return;
    if (t % 101 === 0) person.ask('frames');
    else if (t % 211 === 0 && servicePart > 0) person.ask('total');
    else if (servicePart > 0 && t % servicePart === 0) person.talkTo('$counter');
    else {
      const own = Number(person.name.slice(1));
      person.talkTo(`p${(own + 1 + (t % FRIENDS)) % people.length}`);
    }
  }

  async #fallSilent(limitMs: number): Promise<void> {
    clearInterval(this.#timer);
    const end = performance.now() + limitMs;
    while (performance.now() < end && !this.#isSettled) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    this.#compare();
  }

  get #isSettled(): boolean {
    return this.#people.every((person) => person.isSettled) && this.#unheard === 0;
  }

  get #unheard(): number {
    let unheard = 0;
    for (const person of this.#people) {
      for (const to of person.spokenTo) {
        if (to !== '$counter') unheard += person.saidTo(to) - this.#named(to).heardOf(person.name);
      }
    }
    return unheard;
  }

  /** Nothing is on its way any more: what was said must have been heard, and the stamps have counted all of it. */
  #compare(): void {
    for (const person of this.#people) {
      if (!person.isSettled) this.violated(`${person.name}: something was never answered`);
      let said = 0;
      let stamp = 0;
      for (const to of person.spokenTo) {
        said += person.saidTo(to);
        if (to === '$counter') continue;
        const heard = this.#named(to).heardOf(person.name);
        stamp = Math.max(stamp, this.#named(to).stampOf(person.name));
        if (heard !== person.saidTo(to))
          this.violated(`${to} has heard ${heard} of ${person.saidTo(to)} messages of ${person.name}`);
      }
      if (stamp > said) this.violated(`${person.name} sent ${said} messages, and one was stamped ${stamp}`);
    }
  }

  #named(name: string): Person {
    return this.#people[Number(name.slice(1))]!;
  }

  #count(): PeopleCount {
    const { sent, accepted, delivered, replies, calls, closed } = this;
    const latencies = this.#latencies;
    const most = this.#most;
    this.#latencies = new LatencyHistogram();
    this.#most = 0;
    return {
      connections: this.#people.length,
      ...{ closed, sent, accepted, delivered, replies, calls },
      violations: [...this.#violations],
      violationCount: this.#violationCount,
      p50: (latencies.quantile(0.5) ?? 0) / 1000,
      p99: (latencies.quantile(0.99) ?? 0) / 1000,
      most,
    };
  }
}
