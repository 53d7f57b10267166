import { HighWater } from '@mailbeam/protocol';
import type { ServerFrame, TestClient, TestNode } from '@mailbeam/router/test-kit';

/** What became of a request, as its client knows it. */
export interface Sent {
  readonly kind: 'send' | 'read';
  readonly cid: number;
  readonly to: string;
  readonly body: string;
  readonly ttl: boolean;
  /** READ: what was read. */
  readonly origin: number;
  readonly upTo: number;
  answer: 'none' | 'accepted' | 'rejected';
  failed: boolean;
  /** Its sender was told that it had failed when its recipient had not got it. */
  failedUnseen: boolean;
  /** Covered by a receipt of kind 1 or 2. */
  receipted: boolean;
}

/** One message as an app got it. */
export interface Got {
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  readonly body: string;
}

/** Two more than the send window of the runs, so that some are rejected for it. */
const MAX_UNANSWERED = 6;

type Complain = (what: string) => void;

/**
 * A client that keeps to the protocol, with its state in memory that survives whatever happens to the router: it resends
 * what it saw no answer for, tells repeated messages by the high-water mark, and acks what its app has taken.
 */
export class GoodClient {
  readonly user: string;
  readonly complain: Complain;
  /** Everything ever sent, under each of its client ids. */
  readonly sent: Sent[] = [];
  readonly got: Got[] = [];
  readonly #gotBodies = new Set<string>();
  #highWater = new HighWater();
  #clientId: string;
  #serial = 0;
  #cid = 0;
  #unanswered: Sent[] = [];
  #mine: Sent[] = [];
  connection: TestClient | null = null;
  #welcomed = false;
  #read = 0;
  #seq = 0;
  #acked = 0;
  #upToSeen = new Map<string, { origin: number; cid: number }>();

  constructor(user: string, complain: Complain) {
    this.user = user;
    this.complain = (what) => complain(`${user}: ${what}`);
    this.#clientId = `${user}-0`;
  }

  /** True for what was sent under a client id whose state is lost: nobody knows what became of it. */
  isLost(sent: Sent): boolean {
    return !this.#mine.includes(sent);
  }

  get ready(): boolean {
    return this.connection !== null && this.#welcomed;
  }

  get firstUnanswered(): Sent | undefined {
    return this.#unanswered[0];
  }

  get waiting(): boolean {
    return this.#unanswered.length > 0;
  }

  /** Opens a connection; one that is open is replaced by the router. A `fresh` client has lost its state. */
  connect(node: TestNode, window: number, fresh: boolean): void {
    this.#drop(true);
    if (fresh) {
      this.#clientId = `${this.user}-${++this.#serial}`;
      this.#cid = 0;
      this.#unanswered = [];
      this.#mine = [];
    }
    this.connection = node.connect(this.user, { client: this.#clientId, window });
  }

  /** The connection breaks, or is taken over; what had arrived and was not looked at may be lost. */
  cut(lose: boolean): void {
    this.connection?.cut();
    this.#drop(lose);
  }

  /** The router is gone. */
  lost(lose: boolean): void {
    this.#drop(lose);
  }

  #drop(lose: boolean): void {
    if (this.connection !== null && !lose) this.receive(Infinity);
    this.connection = null;
    this.#welcomed = false;
    this.#read = 0;
    this.#seq = 0;
    this.#acked = 0;
  }

  send(to: string, ttl: boolean): Sent | undefined {
    if (!this.ready || this.#unanswered.length >= MAX_UNANSWERED) return undefined;
    const cid = ++this.#cid;
    const body = `${this.#clientId}:${cid}`;
    const sent: Sent = {
      kind: 'send',
      cid,
      to,
      body,
      ttl,
      origin: 0,
      upTo: 0,
      answer: 'none',
      failed: false,
      failedUnseen: false,
      receipted: false,
    };
    this.#note(sent);
    this.#write(sent, false);
    return sent;
  }

  /** Reads up to the last message of somebody. */
  read(pick: number): Sent | undefined {
    const seen = [...this.#upToSeen];
    if (!this.ready || seen.length === 0 || this.#unanswered.length >= MAX_UNANSWERED) return undefined;
    const [to, { origin, cid: upTo }] = seen[pick % seen.length]!;
    const cid = ++this.#cid;
    const sent: Sent = {
      kind: 'read',
      cid,
      to,
      body: '',
      ttl: false,
      origin,
      upTo,
      answer: 'none',
      failed: false,
      failedUnseen: false,
      receipted: true,
    };
    this.#note(sent);
    this.#write(sent, false);
    return sent;
  }

  #note(sent: Sent): void {
    this.sent.push(sent);
    this.#mine.push(sent);
    this.#unanswered.push(sent);
  }

  #write(sent: Sent, again: boolean): void {
    this.connection!.write((w) => {
      if (sent.kind === 'read') w.read(sent.cid, sent.to, sent.origin, sent.upTo, again);
      else w.send(sent.cid, sent.to, Buffer.from(sent.body), { ...(sent.ttl ? { ttl: 1 } : {}), again });
    });
  }

  /** Looks at up to so many WebSocket messages that have arrived. */
  receive(messages: number): void {
    const connection = this.connection;
    if (connection === null) return;
    for (let n = 0; n < messages && this.#read < connection.messages.length; n++) {
      for (const frame of connection.messages[this.#read++]!) this.#frame(frame);
    }
    if (connection.closedWith !== null && this.#read >= connection.messages.length) {
      if (connection.closedWith.code !== 4003 && connection.closedWith.code !== 4006) {
        this.complain(`closed with ${connection.closedWith.code} ${connection.closedWith.reason}`);
      }
      this.#drop(true);
    }
  }

  /** Acks a share of what has arrived and is not acked. */
  ack(share: number): void {
    if (!this.ready) return;
    const seq = this.#acked + Math.ceil((this.#seq - this.#acked) * share);
    if (seq <= this.#acked) return;
    this.#acked = seq;
    this.connection!.ack(seq);
  }

  #frame(frame: ServerFrame): void {
    switch (frame.op) {
      case 'welcome':
        this.#welcomed = true;
        for (const sent of this.#unanswered) this.#write(sent, true);
        break;
      case 'accepted':
        while (this.#unanswered.length > 0 && this.#unanswered[0]!.cid <= frame.cid)
          this.#answer(this.#unanswered.shift()!, 'accepted');
        break;
      case 'rejected': {
        while (this.#unanswered.length > 0 && this.#unanswered[0]!.cid < frame.cid)
          this.#answer(this.#unanswered.shift()!, 'accepted');
        const first = this.#unanswered.shift();
        if (first?.cid === frame.cid) this.#answer(first, 'rejected');
        else this.complain(`REJECTED ${frame.cid} was not the next answer`);
        break;
      }
      case 'deliver':
        this.#count(frame.seq);
        this.#deliver(frame);
        break;
      case 'receipt':
        this.#count(frame.seq);
        this.#receipt(frame);
        break;
      case 'error':
        if (frame.code !== 'failed') this.complain(`ERROR ${frame.code}`);
        break;
      default:
    }
  }

  #answer(sent: Sent, answer: 'accepted' | 'rejected'): void {
    if (sent.answer !== 'none' && sent.answer !== answer)
      this.complain(`${sent.body} was ${sent.answer}, then ${answer}`);
    sent.answer = answer;
    if (answer === 'rejected') sent.failed = false;
  }

  #count(seq: number): void {
    if (seq !== this.#seq + 1) this.complain(`seq ${seq} after ${this.#seq}`);
    this.#seq = seq;
  }

  #deliver(frame: Extract<ServerFrame, { op: 'deliver' }>): void {
    const { from, origin, cid, body } = frame;
    if (!this.#highWater.isNew(from, origin, '', cid)) return;
    this.#highWater.note(from, origin, '', cid);
    if (this.#gotBodies.has(body)) this.complain(`the app got ${body} twice`);
    this.#gotBodies.add(body);
    this.got.push({ from, origin, cid, body });
    this.#upToSeen.set(from, { origin, cid });
  }

  #receipt(frame: Extract<ServerFrame, { op: 'receipt' }>): void {
    // a receipt of an earlier client id of this user says nothing about the numbers of this one
    const mine = this.#origin === frame.origin ? this.#mine : [];
    for (const sent of mine) {
      if (sent.to !== frame.peer) continue;
      if (frame.kind === 3) {
        if (sent.cid >= frame.cid && sent.cid <= Math.max(frame.cid, frame.upTo) && sent.answer !== 'rejected')
          this.#fail(sent, sent.cid === frame.cid);
      } else if (sent.cid <= frame.cid && sent.kind === 'send') {
        sent.receipted = true; // read implies delivered
        if (sent.answer === 'none') this.implied.add(sent);
      }
    }
    this.onReceipt?.(frame, mine);
  }

  /** Sends that a receipt has answered before ACCEPTED did. */
  readonly implied = new Set<Sent>();
  onReceipt: ((frame: Extract<ServerFrame, { op: 'receipt' }>, mine: readonly Sent[]) => void) | undefined;

  /** A failure answers its request; of the others in its range only those that were accepted have failed. */
  #fail(sent: Sent, isAnswer: boolean): void {
    sent.failed = true;
    if (!isAnswer) return;
    this.#unanswered = this.#unanswered.filter((other) => other !== sent);
  }

  get #origin(): number {
    return this.connection?.of('welcome')[0]?.origin ?? 0;
  }

  hasGot(body: string): boolean {
    return this.#gotBodies.has(body);
  }
}
