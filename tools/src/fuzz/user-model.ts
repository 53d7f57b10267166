/** A SEND or READ that was sent, what it may be answered, and what it was. */
export interface Asked {
  readonly cid: number;
  /** It was sent as a resend, at first or since: then it takes no place in the send window. */
  again: boolean;
  /** 'accepted' or codes of REJECTED. */
  readonly allowed: Set<string>;
  /** '' as long as there is none. */
  answer: string;
  /** What it says, so that a resend can be told from another frame under the same cid. */
  readonly says: string;
  /** Op and fields behind cid, as the frame that resends it needs them. */
  readonly resend: { readonly op: 3; readonly to: string; readonly body: Uint8Array; readonly ttl: number } | ReadAgain;
}

export interface ReadAgain {
  readonly op: 9;
  readonly from: string;
  readonly origin: number;
  readonly upTo: number;
}

/** A message of the user to itself that was taken and that it has not acked. */
export interface Entry {
  /** -1 until WELCOME has told it. */
  origin: number;
  readonly cid: number;
  readonly body: Uint8Array;
  /** False where it may just as well have expired. */
  readonly certain: boolean;
}

/** So many requests are remembered: what the router promises to know of rejections. */
const HISTORY = 16;

/** What is true of one fuzz user between its connections. It gets messages from itself only. */
export class UserModel {
  readonly name: string;
  readonly client: string;
  origin = -1;
  highCid = 0;
  /** The newest requests, oldest first. */
  history: Asked[] = [];
  /** Taken and not acked, oldest first. */
  mailbox: Entry[] = [];
  /** By origin: the highest cid to itself that it has acked. */
  readonly ackedCid = new Map<number, number>();
  /** By origin: the highest cid that a receipt of kind 1 or 2 told, and that was acked. */
  readonly receiptAcked = new Map<number, number>();
  /** By origin: the highest cid up to which a READ said that all is read. */
  readonly readUpTo = new Map<number, number>();
  /** At most so many receipts of kind 1 and 2 wait for it: one for each READ and each ACK of messages, less what it acked. */
  receiptsLeft = 0;
  /** Messages whose ttl is so short that they may expire, as `origin.cid`. */
  readonly mayExpire = new Set<string>();

  constructor(name: string, client: string) {
    this.name = name;
    this.client = client;
  }

  remember(asked: Asked): void {
    this.history.push(asked);
    while (this.history.length > HISTORY && this.history[0]!.answer !== '') this.history.shift();
  }

  /** Takes note of the origin that WELCOME told, for everything that was sent before it came. */
  learnOrigin(origin: number): void {
    this.origin = origin;
    for (const entry of this.mailbox) if (entry.origin === -1) entry.origin = origin;
    for (const key of this.mayExpire) if (key.startsWith('-1.')) this.mayExpire.add(`${origin}${key.slice(2)}`);
  }
}
