import { decodeAny, readServerFrames } from '@mailbeam/protocol';
import type { FrameWriter, ServerFrameVisitor } from '@mailbeam/protocol';
import { RawConnection } from '../load/raw-connection.js';
import type { Turn, TurnMember } from '../load/turn.js';

/** What all people of a process share. */
export interface Crowd {
  readonly port: number;
  readonly turn: Turn;
  readonly utf8: { decode(bytes: Uint8Array): string };
  sent: number;
  accepted: number;
  delivered: number;
  replies: number;
  calls: number;
  closed: number;
  violated(what: string): void;
  latency(ms: number): void;
}

const WINDOW = 1_024;
/** Fewer than the router's window: nothing may be rejected for it. */
const MOST_UNANSWERED = 64;
const FRAMES = 'frames';

/**
 * One person who knows what must come: of each sender the next number and no other, of the service the count of its own
 * messages, of its session the count of its frames. Whatever else comes is a violation.
 */
export class Person implements TurnMember, ServerFrameVisitor {
  readonly name: string;
  isMarked = false;
  readonly #crowd: Crowd;
  #connection: RawConnection | undefined;
  #toSay: ((writer: FrameWriter) => void)[] = [];
  /** The last number sent to each recipient. */
  readonly #saidTo = new Map<string, number>();
  /** The last number heard of each sender, and the last stamp. */
  readonly #heardOf = new Map<string, { n: number; stamp: number }>();
  #cid = 0;
  #answered = 0;
  #seq = 0;
  #acked = 0;
  #serviceCount = 0;
  /** SENDs and CALLs: what its session has handled. */
  #frames = 0;
  #rid = 0;
  readonly #asked = new Map<number, { readonly method: string; readonly least: number }>();
  #payload: Uint8Array = new Uint8Array(0);
  #leaving = false;
  #welcomed: (() => void) | undefined;

  constructor(name: string, crowd: Crowd) {
    this.name = name;
    this.#crowd = crowd;
  }

  async login(): Promise<void> {
    this.#connection = await RawConnection.open({
      port: this.#crowd.port,
      onMessage: (payload) => this.#read(payload),
      onClose: (code, reason) => {
        if (this.#leaving) return;
        this.#crowd.closed++;
        this.#violated(`its connection was closed: ${code} ${reason}`);
      },
    });
    await new Promise<void>((resolve) => {
      this.#welcomed = resolve;
      this.#say((w) => w.hello(this.name, { window: WINDOW, client: 'swap', agent: 'mailbeam swap test' }));
    });
  }

  logout(): void {
    this.#leaving = true;
    this.#connection?.reset();
  }

  /** True when one more message would not wait too long. */
  get mayTalk(): boolean {
    return this.#cid - this.#answered < MOST_UNANSWERED;
  }

  get isSettled(): boolean {
    return (
      this.#cid === this.#answered &&
      this.#asked.size === 0 &&
      this.#serviceCount === (this.#saidTo.get('$counter') ?? 0)
    );
  }

  /** How many messages it has sent to `to`, and heard of `from`. */
  saidTo(to: string): number {
    return this.#saidTo.get(to) ?? 0;
  }

  heardOf(from: string): number {
    return this.#heardOf.get(from)?.n ?? 0;
  }

  get spokenTo(): IterableIterator<string> {
    return this.#saidTo.keys();
  }

  /** The highest number that the interceptor has given one of its messages, as far as this person knows. */
  stampOf(from: string): number {
    return this.#heardOf.get(from)?.stamp ?? 0;
  }

  talkTo(to: string): void {
    const n = this.saidTo(to) + 1;
    this.#saidTo.set(to, n);
    const cid = ++this.#cid;
    this.#frames++;
    this.#crowd.sent++;
    this.#say((w) => w.send(cid, to, Buffer.from(`${n}|${performance.now().toFixed(2)}`), {}));
  }

  /** Asks the service how many of its messages it has counted, or the session how many frames. */
  ask(what: 'total' | 'frames'): void {
    const rid = ++this.#rid;
    this.#frames++;
    this.#asked.set(rid, { method: what, least: what === 'total' ? this.#serviceCount : this.#frames });
    this.#say((w) => w.call(rid, what === 'frames' ? FRAMES : 'counter', what, {}));
  }

  #say(frame: (writer: FrameWriter) => void): void {
    this.#toSay.push(frame);
    this.#crowd.turn.mark(this);
  }

  flushTurn(writer: FrameWriter): void {
    for (const frame of this.#toSay) frame(writer);
    this.#toSay = [];
    if (this.#seq > this.#acked) writer.ack((this.#acked = this.#seq));
    if (writer.length > 0) this.#connection?.send(writer.take());
  }

  #read(payload: Uint8Array): void {
    this.#payload = payload;
    const wrong = readServerFrames(payload, this);
    if (wrong !== undefined) this.#violated(`a bad frame: ${wrong.detail}`);
  }

  #violated(what: string): void {
    this.#crowd.violated(`${this.name}: ${what}`);
  }

  // ---- frames

  welcome(): void {
    this.#welcomed?.();
  }

  accepted(cid: number): void {
    if (cid > this.#cid || cid <= this.#answered) this.#violated(`ACCEPTED ${cid} after ${this.#answered}`);
    this.#crowd.accepted += cid - this.#answered;
    this.#answered = cid;
  }

  rejected(cid: number, code: string, detail: string): void {
    this.#answered = cid;
    this.#violated(`its message ${cid} was rejected: ${code} ${detail}`);
  }

  deliver(seq: number, from: string, _origin: number, _cid: number, _ts: number, start: number, end: number): void {
    if (seq !== this.#seq + 1) this.#violated(`seq ${seq} after ${this.#seq}`);
    this.#seq = seq;
    this.#crowd.turn.mark(this);
    const text = this.#crowd.utf8.decode(this.#payload.subarray(start, end));
    if (from === '$counter') this.#onReply(text);
    else this.#onMessage(from, text);
  }

  /** `n|sent at|stamp`: n counts the messages of the pair, the stamp all messages of the sender. */
  #onMessage(from: string, text: string): void {
    const [n, sentAt, stamp, ...more] = text.split('|').map(Number);
    this.#crowd.delivered++;
    this.#crowd.latency(performance.now() - sentAt!);
    const heard = this.#heardOf.get(from) ?? { n: 0, stamp: 0 };
    if (n !== heard.n + 1) this.#violated(`${from} said ${n} after ${heard.n}`);
    if (!(stamp! > heard.stamp) || more.length > 0)
      this.#violated(`${from} said ${text} after the stamp ${heard.stamp}`);
    this.#heardOf.set(from, { n: n!, stamp: stamp! });
  }

  /** `r|n|count`: both count this person's messages to the service. */
  #onReply(text: string): void {
    const [, n, count] = text.split('|').map(Number);
    this.#crowd.replies++;
    const next = ++this.#serviceCount;
    if (n !== next || count !== next) this.#violated(`the service said ${text}, the ${next}th answer`);
  }

  receipt(seq: number, peer: string, kind: number, _origin: number, cid: number, _ts: number, code: string): void {
    if (seq !== this.#seq + 1) this.#violated(`seq ${seq} after ${this.#seq}`);
    this.#seq = seq;
    this.#crowd.turn.mark(this);
    if (kind === 3) this.#violated(`its message ${cid} to ${peer} failed: ${code}`);
  }

  reply(rid: number, ok: boolean, start: number, end: number): void {
    this.#crowd.calls++;
    const asked = this.#asked.get(rid);
    this.#asked.delete(rid);
    const result: unknown = decodeAny(this.#payload, start, end);
    // the built-in session has no such service yet
    if (asked?.method === 'frames' && !ok) return;
    if (asked === undefined || !ok) this.#violated(`call ${rid} was answered ${JSON.stringify(result)}`);
    else if (asked.method === 'frames' && result !== asked.least)
      this.#violated(`its session has handled ${String(result)} frames, not ${asked.least}`);
    else if (asked.method === 'total' && !((result as number) >= asked.least))
      this.#violated(`the service has counted ${String(result)}, less than ${asked.least}`);
  }

  signal(): void {}

  presence(): void {}

  error(code: string, detail: string): void {
    this.#violated(`ERROR ${code} ${detail}`);
  }

  goodbye(reason: string): void {
    this.#violated(`GOODBYE ${reason}`);
  }
}
