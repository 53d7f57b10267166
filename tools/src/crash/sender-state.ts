import type { Expectation } from './event-log.js';

/** A SEND or READ as the client keeps it until it is answered. */
export type Outgoing = OutgoingSend | OutgoingRead;

export interface OutgoingSend {
  readonly kind: 'send';
  readonly cid: number;
  readonly to: string;
  readonly id: number;
  readonly bytes: number;
  /** Seconds; 0 = none. */
  readonly ttl: number;
  readonly expect: Expectation;
}

export interface OutgoingRead {
  readonly kind: 'read';
  readonly cid: number;
  readonly peer: string;
  readonly origin: number;
  readonly upTo: number;
}

/** Most SENDs and READs a client may have unanswered, and answers it may lose and still be answered alike. */
const sendWindow = 256;

/** The state that numbers a client's SENDs: what a good client keeps until it has its answer. Pure. */
export class SenderState {
  /** Numbers the states of one user. */
  readonly life: number;
  /** HELLO `client`; '' = not named, then the state ends with its connection. */
  readonly client: string;
  /** In cid order. */
  unanswered: Outgoing[] = [];
  #nextCid = 1;
  #answered: Outgoing[] = [];
  readonly #delivered = new Map<string, number>();

  constructor(life: number, client: string) {
    this.life = life;
    this.client = client;
  }

  /** The next cid; now and then one is left out, which the protocol allows. */
  takeCid(skip: boolean): number {
    if (skip) this.#nextCid++;
    return this.#nextCid++;
  }

  /** Takes over what was sent, and not answered yet, by the one whose state this is. */
  sent(outgoing: Outgoing): void {
    this.unanswered.push(outgoing);
    this.#nextCid = Math.max(this.#nextCid, outgoing.cid + 1);
  }

  room(limit: number): number {
    return Math.min(limit, sendWindow) - this.unanswered.length;
  }

  /** ACCEPTED: everything up to `cid` is answered. Returns how many of it had their receipt before (elided, most likely). */
  accepted(cid: number): number {
    let elided = 0;
    for (const outgoing of this.#answeredUpTo(cid))
      if (outgoing.kind === 'send' && (this.#delivered.get(outgoing.to) ?? 0) >= outgoing.cid) elided++;
    return elided;
  }

  /** REJECTED: `cid`, and everything below it, is answered. */
  rejected(cid: number): void {
    this.#answeredUpTo(cid);
  }

  /** RECEIPT of kind 1 or 2. Answers nothing. */
  delivered(peer: string, cid: number): void {
    this.#delivered.set(peer, Math.max(this.#delivered.get(peer) ?? 0, cid));
  }

  /** RECEIPT of kind 3: what it names is answered for good. */
  failed(peer: string, first: number, last: number): void {
    const other = (sent: Outgoing): boolean =>
      sent.kind !== 'send' || sent.to !== peer || sent.cid < first || sent.cid > last;
    this.unanswered = this.unanswered.filter(other);
    this.#answered = this.#answered.filter(other);
  }

  /** Loses up to `count` of the newest answers, as a client does that is killed before it has written them down. */
  forget(count: number): void {
    const oldest = this.#nextCid - sendWindow;
    const keep = this.#answered.length - Math.min(count, sendWindow - this.unanswered.length, this.#answered.length);
    const lost = this.#answered.splice(keep).filter(({ cid }) => cid >= oldest);
    this.unanswered = [...lost, ...this.unanswered];
  }

  #answeredUpTo(cid: number): Outgoing[] {
    const end = this.unanswered.findIndex((outgoing) => outgoing.cid > cid);
    const answered = this.unanswered.splice(0, end === -1 ? this.unanswered.length : end);
    this.#answered.push(...answered);
    if (this.#answered.length > 2 * sendWindow) this.#answered.splice(0, this.#answered.length - sendWindow);
    return answered;
  }
}
