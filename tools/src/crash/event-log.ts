/**
 * What one client sent, was answered and saw, in the order in which it happened to it. All clients of a round live in one
 * process, so `n` orders the events of all of them: a frame is logged before it is handed to the socket, and when it was
 * read. Hence if A caused B, A has the smaller `n`.
 */
export type ClientEvent = {
  readonly n: number;
  /** Date.now() */
  readonly at: number;
  /** Which connection of this client, counted from 1. */
  readonly conn: number;
} & ClientFact;

/** What a SEND deserves: `taken`, or the code of the rejection that follows from its frame alone. */
export type Expectation = 'taken' | 'invalid' | 'unknown_recipient' | 'too_large';

export type ClientFact =
  /** `life` numbers the states that count this user's SENDs; `client` is '' when HELLO named none. */
  | { readonly what: 'hello'; readonly life: number; readonly client: string; readonly window: number }
  | { readonly what: 'welcome'; readonly origin: number; readonly lastCid: number; readonly pending: number }
  /** `code` as the socket told it; 4003 is expected only where the client itself connected again. */
  | { readonly what: 'closed'; readonly code: number }
  | {
      readonly what: 'send';
      readonly cid: number;
      readonly to: string;
      readonly id: number;
      readonly ttl: number;
      readonly again: boolean;
      readonly expect: Expectation;
    }
  | {
      readonly what: 'read';
      readonly cid: number;
      readonly peer: string;
      readonly origin: number;
      readonly upTo: number;
      readonly again: boolean;
    }
  | { readonly what: 'accepted'; readonly cid: number }
  | { readonly what: 'rejected'; readonly cid: number; readonly code: string }
  /** `id` is what the body carries, -1 when the body is not what any client made. */
  | {
      readonly what: 'deliver';
      readonly seq: number;
      readonly from: string;
      readonly origin: number;
      readonly cid: number;
      readonly ts: number;
      readonly id: number;
    }
  | {
      readonly what: 'receipt';
      readonly seq: number;
      readonly peer: string;
      readonly kind: number;
      readonly origin: number;
      readonly cid: number;
      readonly code: string;
      readonly upTo: number;
    }
  /** The application was given the message: it passed the high-water mark. */
  | { readonly what: 'shown'; readonly id: number }
  | { readonly what: 'ack'; readonly seq: number }
  /** The client lost this state: what it had not been answered under it will not be resent. */
  | { readonly what: 'abandoned'; readonly life: number }
  | { readonly what: 'error'; readonly code: string; readonly detail: string }
  | { readonly what: 'goodbye'; readonly reason: string };

/** The log of one user. */
export interface UserLog {
  readonly user: string;
  readonly events: readonly ClientEvent[];
}

/** Numbers the events of a round. */
export class EventClock {
  /** The number of the newest event. */
  n = 0;
  /** Date.now() of the newest event. */
  at = 0;
}

/** The append-only log of one user. */
export class EventLog implements UserLog {
  readonly user: string;
  readonly events: ClientEvent[] = [];
  readonly #clock: EventClock;
  readonly #lifeOfConn = new Map<number, number>();
  readonly #lifeOfOrigin = new Map<number, number>();

  constructor(user: string, clock: EventClock) {
    this.user = user;
    this.#clock = clock;
  }

  /** A log that goes on where `events` end. */
  static after(user: string, clock: EventClock, events: Iterable<ClientEvent>): EventLog {
    const log = new EventLog(user, clock);
    for (const event of events) log.#keep(event);
    return log;
  }

  /** @param at ms since the epoch */
  add(conn: number, fact: ClientFact, at = Date.now()): ClientEvent {
    const event: ClientEvent = { n: ++this.#clock.n, at: (this.#clock.at = at), conn, ...fact };
    this.#keep(event);
    return event;
  }

  #keep(event: ClientEvent): void {
    this.events.push(event);
    if (event.what === 'hello') this.#lifeOfConn.set(event.conn, event.life);
    else if (event.what === 'welcome') this.#lifeOfOrigin.set(event.origin, this.#lifeOfConn.get(event.conn) ?? 0);
  }

  /** The life whose WELCOME named `origin`; undefined when none did. */
  lifeOf(origin: number): number | undefined {
    return this.#lifeOfOrigin.get(origin);
  }
}
