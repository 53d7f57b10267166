import type { ClientEvent } from './event-log.js';
import { bindOrigin, describe } from './check-answers.js';
import type { Connection, History, Message, User } from './history.js';
import type { Violations } from './violation.js';

type Of<W extends ClientEvent['what']> = Extract<ClientEvent, { what: W }>;

/** When the node was killed. */
export interface KillTime {
  /** The number of the newest event at that moment. */
  readonly n: number;
  readonly at: number;
}

/** An ack that was taken in this long before a kill is on disk, whatever the router batches. */
const settledMs = 1500;
/** How long after a kill a client may not have noticed it. */
const afterKillMs = 500;

/** Follows what arrives at the recipients, what their applications see and what they ack. */
export class DeliveryCheck {
  readonly #history: History;
  readonly #violations: Violations;
  readonly #kills: readonly KillTime[];

  constructor(history: History, violations: Violations, kills: readonly KillTime[]) {
    this.#history = history;
    this.#violations = violations;
    this.#kills = kills;
  }

  deliver(user: User, connection: Connection, event: Of<'deliver'>): void {
    const message = this.#matching(user, event);
    this.number(connection, event, { message });
    if (message === undefined) return;
    this.#order(user, connection, message, event);
    this.#afterlife(connection, message, event);
    if (message.arrivedN > 0) return;
    message.arrivedN = event.n;
    if (message.answer === 'accepted' && message.ttl === 0) user.waiting--;
    if (message.answer === 'rejected')
      this.#violations.add(
        'answer-wrong',
        user.name,
        event,
        `${describe(message)} was rejected ${message.code}, but delivered`,
      );
  }

  shown(user: User, event: Of<'shown'>): void {
    const message = this.#history.messages.get(event.id);
    if (message === undefined) return;
    if (message.shownN > 0)
      this.#violations.add(
        'duplicate',
        user.name,
        event,
        `${describe(message)}, first seen at event ${message.shownN}`,
      );
    else message.shownN = event.n;
  }

  ack(connection: Connection, event: Of<'ack'>): void {
    for (let seq = connection.acked + 1; seq <= event.seq; seq++) {
      const entry = connection.entries[seq - 1];
      if (entry === undefined) continue;
      if ('receiptOf' in entry) {
        const { messages } = entry.receiptOf;
        for (; entry.receiptOf.settled < messages.length; entry.receiptOf.settled++) {
          const message = messages[entry.receiptOf.settled] as Message;
          if (message.cid > entry.cid) break;
          message.settledAt = event.at;
        }
      } else if (entry.message !== undefined && entry.message.ackedN === 0) entry.message.ackedN = event.n;
    }
    connection.acked = Math.max(connection.acked, event.seq);
  }

  /** `seq` counts from 1 without a gap, and no more wait for an ack than the client's window allows. */
  number(connection: Connection, event: Of<'deliver'> | Of<'receipt'>, entry: Connection['entries'][number]): void {
    const expected = connection.entries.length + 1;
    if (event.seq !== expected || !connection.welcomed)
      this.#violations.add('numbering', connection.user, event, `seq ${event.seq}, expected ${expected}`);
    connection.entries.push(entry);
    const unacked = connection.entries.length - connection.acked;
    if (unacked > connection.window)
      this.#violations.add('window', connection.user, event, `${unacked} unacked, window ${connection.window}`);
  }

  /** The message that a delivery claims to be; undefined when it is none that was sent so. */
  #matching(user: User, event: Of<'deliver'>): Message | undefined {
    const message = this.#history.messages.get(event.id);
    if (message === undefined) {
      this.#violations.add(
        'corrupt',
        user.name,
        event,
        `no client ever sent body ${event.id} (${event.from} ${event.cid})`,
      );
      return undefined;
    }
    const { life } = message;
    if (life.user === event.from && life.origin === -1)
      bindOrigin(this.#history.user(life.user), life, event.origin, event, this.#violations);
    if (
      life.user === event.from &&
      message.to === user.name &&
      message.cid === event.cid &&
      life.origin === event.origin
    )
      return message;
    const told = `from ${event.from}/${event.origin}/${event.cid} to ${user.name}`;
    this.#violations.add('corrupt', user.name, event, `${describe(message)} came ${told}`);
    return undefined;
  }

  /**
   * On one connection a pair's cids only increase, and what comes for the first time is newer than all that came before. A client that has said
   * HELLO again may still read what was on its way to the connection before: that was handed out earlier.
   */
  #order(user: User, connection: Connection, message: Message, event: Of<'deliver'>): void {
    const isReplaced = user.helloN > connection.helloN;
    const last = connection.lastCid.get(message.life) ?? 0;
    if (message.cid <= last) {
      if (message.arrivedN === 0)
        this.#violations.add('order', connection.user, event, `${describe(message)} after cid ${last}`);
      else if (!this.#forgotten(message))
        this.#violations.add('repeated', connection.user, event, `${describe(message)} after cid ${last}`);
    } else connection.lastCid.set(message.life, message.cid);
    const conversation = message.life.to(message.to);
    if (!isReplaced && message.arrivedN === 0 && message.cid < conversation.arrivedCid && message.cid > last)
      this.#violations.add(
        'order',
        connection.user,
        event,
        `${describe(message)} is new after cid ${conversation.arrivedCid}`,
      );
    conversation.arrivedCid = Math.max(conversation.arrivedCid, message.cid);
  }

  /**
   * True when a kill may have taken what the router knew of the message before its sender resent it: it had been acked
   * before it was written, so it is taken anew, behind whatever was.
   */
  #forgotten({ resends, sentAt, resentAt }: Message): boolean {
    return resends > 0 && this.#kills.some(({ at }) => at >= sentAt - afterKillMs && at <= resentAt);
  }

  /** What was erased, failed or has expired does not come back on a later connection. */
  #afterlife(connection: Connection, message: Message, event: Of<'deliver'>): void {
    const { user } = connection;
    if (message.failedN > 0 && message.failedN < connection.helloN)
      this.#violations.add('repeated', user, event, `${describe(message)} failed at event ${message.failedN}`);
    if (message.ttl > 0 && connection.helloAt > event.ts + message.ttl * 1000 + 50)
      this.#violations.add(
        'ttl',
        user,
        event,
        `${describe(message)} taken at ${event.ts}, HELLO at ${connection.helloAt}`,
      );
    if (message.settledAt > 0 && message.resends === 0 && this.#erasedBefore(message.settledAt, connection.helloAt))
      this.#violations.add(
        'repeated',
        user,
        event,
        `${describe(message)} was acked at event ${message.ackedN}, its receipt acked at ${message.settledAt}`,
      );
  }

  /** True when what was settled at `settledAt` cannot be undone by a kill before `helloAt`. */
  #erasedBefore(settledAt: number, helloAt: number): boolean {
    if (helloAt <= settledAt) return false;
    // A client goes on for a moment after a kill, with frames that nobody will read.
    const near = (at: number): boolean => at >= settledAt - afterKillMs && at <= settledAt + settledMs;
    return !this.#kills.some(({ at }) => at <= helloAt && near(at));
  }
}
