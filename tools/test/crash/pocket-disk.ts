/** What {@link PocketRouter} keeps of a user's mailbox. */
export type PocketEntry = PocketMessage | PocketReceipt;

export interface PocketMessage {
  readonly kind: 0;
  readonly key: number;
  readonly from: string;
  readonly origin: number;
  readonly client: string;
  readonly cid: number;
  readonly ts: number;
  readonly expiresAt: number;
  readonly body: Uint8Array;
}

export interface PocketReceipt {
  readonly kind: 1 | 2 | 3;
  readonly key: number;
  readonly peer: string;
  readonly origin: number;
  readonly cid: number;
  readonly ts: number;
}

/** What is known of one `client` of a user. */
export interface PocketSender {
  readonly origin: number;
  /** Answers by cid, as they are once flushed: '' = accepted, else the code. */
  readonly answers: Map<number, string>;
}

/** Everything that must survive. */
export class PocketState {
  key = 0;
  accepted = 0;
  delivered = 0;
  failed = 0;
  readonly mailboxes = new Map<string, PocketEntry[]>();
  readonly senders = new Map<string, PocketSender>();
  readonly origins = new Map<string, number>();

  mailbox(user: string): PocketEntry[] {
    let mailbox = this.mailboxes.get(user);
    if (mailbox === undefined) this.mailboxes.set(user, (mailbox = []));
    return mailbox;
  }
}

/** A change of the state. It is applied at once, and again after a crash if it was flushed. */
export type PocketOp = (state: PocketState) => void;

/** The journal behind a {@link PocketState}: what `flush` has not taken is gone after `crash`. */
export class PocketDisk {
  state = new PocketState();
  readonly #flushed: PocketOp[] = [];
  #unflushed: PocketOp[] = [];

  do(op: PocketOp): void {
    this.#unflushed.push(op);
    op(this.state);
  }

  /** Replaces an unflushed operation: it will not be written as it was. False when it is on disk already. */
  replace(op: PocketOp, by: PocketOp): boolean {
    const i = this.#unflushed.indexOf(op);
    if (i === -1) return false;
    this.#unflushed[i] = by;
    return true;
  }

  flush(): void {
    this.#flushed.push(...this.#unflushed);
    this.#unflushed = [];
  }

  crash(skip?: (index: number) => boolean): void {
    this.#unflushed = [];
    this.state = new PocketState();
    this.#flushed.forEach((op, i) => {
      if (skip?.(i) !== true) op(this.state);
    });
  }
}
