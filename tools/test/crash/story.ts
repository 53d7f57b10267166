import { check } from '../../src/crash/checker.js';
import type { RoundFacts } from '../../src/crash/checker.js';
import { EventClock, EventLog } from '../../src/crash/event-log.js';
import type { ClientFact } from '../../src/crash/event-log.js';
import type { Rule } from '../../src/crash/violation.js';

type Fact<W extends ClientFact['what']> = Omit<Extract<ClientFact, { what: W }>, 'what'>;

/** Writes the logs of a few users by hand. Frames are told as the client's log would have them; `seq` counts by itself. */
export class Story {
  readonly #clock = new EventClock();
  readonly #logs = new Map<string, EventLog>();
  readonly #conns = new Map<string, number>();
  readonly #seqs = new Map<string, number>();

  /** Number of the newest event. */
  get n(): number {
    return this.#clock.n;
  }

  /** A new connection of `user` with its WELCOME. */
  connect(
    user: string,
    told: { life?: number; client?: string; window?: number; origin?: number; lastCid?: number; pending?: number } = {},
  ): this {
    const { life = 1, window = 256, lastCid = 0, pending = 0 } = told;
    const { client = `c${life}`, origin = life } = told;
    this.#conns.set(user, (this.#conns.get(user) ?? 0) + 1);
    this.#seqs.set(user, 0);
    this.tell(user, { what: 'hello', life, client, window });
    return this.tell(user, { what: 'welcome', origin, lastCid, pending });
  }

  send(user: string, to: string, cid: number, fact: Partial<Fact<'send'>> = {}): this {
    return this.tell(user, { what: 'send', cid, to, id: cid, ttl: 0, again: false, expect: 'taken', ...fact });
  }

  deliver(user: string, from: string, cid: number, fact: Partial<Fact<'deliver'>> = {}): this {
    const seq = this.#nextSeq(user);
    return this.tell(user, { what: 'deliver', seq, from, origin: 1, cid, ts: Date.now(), id: cid, ...fact });
  }

  receipt(user: string, peer: string, kind: number, cid: number, fact: Partial<Fact<'receipt'>> = {}): this {
    const seq = this.#nextSeq(user);
    return this.tell(user, {
      what: 'receipt',
      seq,
      peer,
      kind,
      origin: 1,
      cid,
      code: kind === 3 ? 'expired' : '',
      upTo: 0,
      ...fact,
    });
  }

  accepted(user: string, cid: number): this {
    return this.tell(user, { what: 'accepted', cid });
  }

  rejected(user: string, cid: number, code: string): this {
    return this.tell(user, { what: 'rejected', cid, code });
  }

  read(user: string, peer: string, cid: number, upTo: number): this {
    return this.tell(user, { what: 'read', cid, peer, origin: 1, upTo, again: false });
  }

  shown(user: string, ...ids: number[]): this {
    for (const id of ids) this.tell(user, { what: 'shown', id });
    return this;
  }

  /** Acks all that came on the current connection. */
  ack(user: string): this {
    return this.tell(user, { what: 'ack', seq: this.#seqs.get(user) ?? 0 });
  }

  /** `conn`: which connection of the user; default: the newest. */
  closed(user: string, code: number, conn?: number): this {
    return this.tell(user, { what: 'closed', code }, conn);
  }

  tell(user: string, fact: ClientFact, conn = this.#conns.get(user) ?? 0): this {
    let log = this.#logs.get(user);
    if (log === undefined) this.#logs.set(user, (log = new EventLog(user, this.#clock)));
    log.add(conn, fact);
    return this;
  }

  /** Moves everything that was told into the past. */
  later(ms: number): this {
    for (const { events } of this.#logs.values())
      events.forEach((event, i) => {
        const ts = event.what === 'deliver' ? { ts: event.ts - ms } : {};
        events[i] = { ...event, ...ts, at: event.at - ms };
      });
    return this;
  }

  get logs(): EventLog[] {
    return [...this.#logs.values()];
  }

  /** The rules that the checker says were broken. */
  broken(facts: Partial<RoundFacts> = {}): Rule[] {
    const violations = check(this.logs, { kills: [], allowedRejections: [], restN: 0, ...facts });
    return [...new Set(violations.map(({ rule }) => rule))];
  }

  #nextSeq(user: string): number {
    const seq = (this.#seqs.get(user) ?? 0) + 1;
    this.#seqs.set(user, seq);
    return seq;
  }
}

/** Alice sends Bob `count` messages, which he has not got yet. */
export function aliceSends(count: number, fact: Partial<Fact<'send'>> = {}): Story {
  const story = new Story().connect('alice').connect('bob');
  for (let cid = 1; cid <= count; cid++) story.send('alice', 'bob', cid, fact);
  return story;
}

/** The whole way of `count` messages from Alice to Bob, as it should be. */
export function wholeWay(count: number): Story {
  const story = aliceSends(count).accepted('alice', count);
  for (let cid = 1; cid <= count; cid++) story.deliver('bob', 'alice', cid);
  for (let cid = 1; cid <= count; cid++) story.shown('bob', cid);
  return story.ack('bob').receipt('alice', 'bob', 1, count).ack('alice');
}
