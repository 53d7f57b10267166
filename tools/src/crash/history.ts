import type { Expectation } from './event-log.js';

/** '' until answered; 'failed' is a receipt of kind 3, which answers too. */
export type Answer = '' | 'accepted' | 'rejected' | 'failed';

/** One state that numbers SENDs: what HELLO's `client` names, or one connection where it names none. */
export class Life {
  readonly user: string;
  readonly index: number;
  readonly client: string;
  /** -1 until a WELCOME, or a delivery at the other end, has told it. */
  origin = -1;
  abandoned = false;
  highSent = 0;
  readonly sent = new Map<number, Sent>();
  readonly peers = new Map<string, Conversation>();

  constructor(user: string, index: number, client: string) {
    this.user = user;
    this.index = index;
    this.client = client;
  }

  to(peer: string): Conversation {
    let conversation = this.peers.get(peer);
    if (conversation === undefined) this.peers.set(peer, (conversation = new Conversation()));
    return conversation;
  }
}

/** What one {@link Life} sent to one peer, and how far the peer's receipts go. */
export class Conversation {
  /** In cid order. */
  readonly messages: Message[] = [];
  /** By kind: the highest cid of any receipt, and how many of `messages` were looked at for it. */
  readonly receiptCid: [number, number, number] = [0, 0, 0];
  readonly receiptChecked: [number, number, number] = [0, 0, 0];
  /** How many of `messages` have a receipt that the sender has acked. */
  settled = 0;
  /** At the recipient: the highest cid that has arrived. */
  arrivedCid = 0;
  /** The highest `upTo` that the peer has sent in a READ. */
  readCid = 0;
}

export interface Message {
  readonly kind: 'send';
  readonly life: Life;
  readonly cid: number;
  readonly to: string;
  readonly id: number;
  readonly ttl: number;
  readonly expect: Expectation;
  /** Event numbers; 0 = not yet. */
  readonly sentN: number;
  readonly sentAt: number;
  /** Resends: how many, and when the last was. */
  resends: number;
  resentAt: number;
  answer: Answer;
  code: string;
  answeredN: number;
  arrivedN: number;
  shownN: number;
  ackedN: number;
  /** When its sender acked a receipt that covers it; 0 = not yet. */
  settledAt: number;
  failedN: number;
}

export interface ReadMark {
  readonly kind: 'read';
  readonly life: Life;
  readonly cid: number;
  readonly peer: string;
  readonly origin: number;
  readonly upTo: number;
  answer: Answer;
  code: string;
}

export type Sent = Message | ReadMark;

/** What a `seq` of a connection stood for. */
export type Entry =
  { readonly message: Message | undefined } | { readonly receiptOf: Conversation; readonly cid: number };

/** One connection of one user, as far as the log has been read. */
export class Connection {
  readonly user: string;
  readonly life: Life;
  readonly window: number;
  readonly helloN: number;
  readonly helloAt: number;
  /** Messages that were surely waiting when HELLO left. */
  readonly waitingAtHello: number;
  welcomed = false;
  /** cids sent on this connection, in order, and how many of them are answered. */
  readonly cids: number[] = [];
  answered = 0;
  lastAnswer = 0;
  readonly entries: Entry[] = [];
  acked = 0;
  /** Per sending life, the last cid that came on this connection. */
  readonly lastCid = new Map<Life, number>();

  constructor(user: string, life: Life, window: number, helloN: number, helloAt: number, waitingAtHello: number) {
    this.user = user;
    this.life = life;
    this.window = window;
    this.helloN = helloN;
    this.helloAt = helloAt;
    this.waitingAtHello = waitingAtHello;
  }
}

/** One user, as far as the logs have been read. */
export class User {
  readonly name: string;
  readonly lives = new Map<number, Life>();
  readonly origins = new Map<number, Life>();
  readonly connections = new Map<number, Connection>();
  /** Number of the newest HELLO. */
  helloN = 0;
  /** Messages that were accepted, have no ttl and have never arrived. */
  waiting = 0;

  constructor(name: string) {
    this.name = name;
  }
}

/** Everything that the logs of a round have told so far. */
export class History {
  readonly users = new Map<string, User>();
  readonly messages = new Map<number, Message>();

  user(name: string): User {
    let user = this.users.get(name);
    if (user === undefined) this.users.set(name, (user = new User(name)));
    return user;
  }
}
