import { FrameWriter, NameCache, readServerFrames } from '@mailbeam/protocol';
import type { SendOptions, ServerFrameVisitor } from '@mailbeam/protocol';
import { RawConnection } from '../load/raw-connection.js';

const names = new NameCache(4096);
const nothing = (): void => undefined;

/** How a router has refused something. */
export interface Refusal {
  readonly cid: number;
  readonly code: string;
  /** -1 = it did not say. */
  readonly retryAfterMs: number;
}

export interface TalkerOptions {
  /** Acks all that comes at once; default true. */
  readonly acks?: boolean;
  readonly window?: number;
  /** Longest wait of {@link Talker.until}; default {@link Talker.patienceMs}. */
  readonly patienceMs?: number;
  /** Hears of each message, before its ack. */
  readonly onDeliver?: (body: Uint8Array) => void;
}

/** One user on one connection, who counts what comes, and acks it at once or not at all. */
export class Talker {
  /** How long a test waits for what must come before it counts as lost, ms: long enough for a machine that is busy with other tests. */
  static patienceMs = 60_000;
  readonly name: string;
  readonly refusals: Refusal[] = [];
  /** Highest `cid` that is answered. */
  answered = 0;
  lastCid = 0;
  pending = 0;
  delivered = 0;
  receipts = 0;
  /** Of whom a receipt has come. */
  readonly receiptsOf = new Set<string>();
  /** Codes of the receipts of kind 3. */
  readonly failures: string[] = [];
  /** Why the connection has ended; '' while it has not. */
  closedWith = '';
  goodbyeRetryMs = -1;
  /** Hears of each message, before its ack. */
  onDeliver: (body: Uint8Array) => void;
  acks: boolean;
  /** The router's clock at WELCOME, ms since the epoch: it reads it once a turn. */
  welcomedAt = 0;
  /** What was said of those whom it watches. */
  readonly notices: { readonly user: string; readonly isOnline: boolean }[] = [];
  readonly #window: number;
  readonly #patienceMs: number;
  #seq = 0;
  #acked = 0;
  #cid = 0;
  #isDue = false;
  readonly #writer = new FrameWriter();
  #connection: RawConnection | undefined;
  readonly #waiting = new Set<() => void>();

  private constructor(name: string, { acks, window, patienceMs, onDeliver }: TalkerOptions) {
    this.name = name;
    this.acks = acks ?? true;
    this.onDeliver = onDeliver ?? nothing;
    this.#window = window ?? 256;
    this.#patienceMs = patienceMs ?? Talker.patienceMs;
  }

  /** Connects, and says nothing yet. */
  static async open(port: number, name: string, options: TalkerOptions = {}): Promise<Talker> {
    const talker = new Talker(name, options);
    talker.#connection = await RawConnection.open({
      port,
      onMessage: (bytes) => talker.#read(bytes),
      onClose: (code, reason) => talker.#ended(`${code} ${reason}`),
    });
    return talker;
  }

  /** Connects and says HELLO, and does not wait for WELCOME. */
  static async connect(port: number, name: string, options?: TalkerOptions): Promise<Talker> {
    const talker = await Talker.open(port, name, options);
    talker.hello();
    return talker;
  }

  /** As {@link connect}; resolves at WELCOME. @throws when the router ends the connection instead */
  static async login(port: number, name: string, options?: TalkerOptions): Promise<Talker> {
    const talker = await Talker.connect(port, name, options);
    await talker.settled();
    if (!talker.isWelcomed) throw new Error(`${name} was not let in: ${talker.closedWith}`);
    return talker;
  }

  get isWelcomed(): boolean {
    return this.welcomedAt > 0;
  }

  /** Says HELLO, at once. */
  hello(): void {
    this.#writer.hello(this.name, { client: 'talker', window: this.#window });
    this.#flush();
  }

  get connection(): RawConnection {
    return this.#connection!;
  }

  /** Sends one message and returns its `cid`. */
  send(to: string, body: string | Uint8Array = '', options?: SendOptions): number {
    const cid = ++this.#cid;
    this.#writer.send(cid, to, typeof body === 'string' ? Buffer.from(body) : body, options);
    // a WebSocket message has its limit
    if (this.#writer.length > 100_000) this.#flush();
    else this.#flushSoon();
    return cid;
  }

  /** SENDs without an answer. */
  get unanswered(): number {
    return this.#cid - this.answered;
  }

  /** Acks everything that has come. */
  ack(): void {
    if (this.#seq === this.#acked) return;
    this.#acked = this.#seq;
    this.#writer.ack(this.#seq);
    this.#flushSoon();
  }

  /** Watches the presence of these users. */
  watch(users: readonly string[]): void {
    this.#writer.watch(users, true);
    this.#flushSoon();
  }

  /** Resolves when it is welcomed, or was closed. */
  settled(): Promise<void> {
    return this.until(() => this.isWelcomed || this.closedWith !== '');
  }

  /** Resolves when `isSo`, looked at whenever something comes. @throws after `patienceMs`, and when the connection ends before */
  until(isSo: () => boolean, what = ''): Promise<void> {
    if (isSo()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${this.name} ${why}${what === '' ? '' : `: ${what}`}`));
      const look = (): void => {
        if (!isSo() && this.closedWith === '') return;
        this.#waiting.delete(look);
        clearTimeout(timer);
        if (isSo()) resolve();
        else fail(`was closed with ${this.closedWith}`);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        fail(`has waited for ${this.#patienceMs / 1_000} s in vain`);
      }, this.#patienceMs);
      this.#waiting.add(look);
    });
  }

  end(): void {
    this.#connection?.reset();
  }

  #flushSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    this.#connection!.send(this.#writer.take());
    this.#writer.reset();
  }

  #read(bytes: Uint8Array): void {
    readServerFrames(bytes, { ...this.#frames, deliver: (...args) => this.#deliver(bytes, ...args) }, names);
    if (this.acks) this.ack();
    this.#look();
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }

  #ended(why: string): void {
    if (this.closedWith === '') this.closedWith = why;
    this.#look();
  }

  #deliver(bytes: Uint8Array, ...args: Parameters<ServerFrameVisitor['deliver']>): void {
    const [seq, , , , , start, end] = args;
    this.#seq = seq;
    this.delivered++;
    const body = bytes.subarray(start, end);
    this.onDeliver(body);
  }

  readonly #frames: Omit<ServerFrameVisitor, 'deliver'> = {
    welcome: (_user, _session, _origin, lastCid, pending, _limits, now) => {
      this.welcomedAt = now;
      this.lastCid = this.#cid = this.answered = lastCid;
      this.pending = pending;
    },
    accepted: (cid) => void (this.answered = cid),
    rejected: (cid, code, _detail, retryAfterMs) => {
      this.answered = cid;
      this.refusals.push({ cid, code, retryAfterMs });
    },
    receipt: (seq, peer, kind, _origin, _cid, _ts, code) => {
      this.#seq = seq;
      this.receipts++;
      this.receiptsOf.add(peer);
      if (kind === 3) this.failures.push(code);
    },
    error: (code, detail) => this.#ended(`${code} ${detail}`),
    goodbye: (_reason, retryAfterMs) => void (this.goodbyeRetryMs = retryAfterMs),
    signal: nothing,
    presence: (user, isOnline) => void this.notices.push({ user, isOnline }),
    reply: nothing,
  };
}
