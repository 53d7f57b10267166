import { FrameWriter, readServerFrames } from '@mailbeam/protocol';
import type { ServerFrameVisitor } from '@mailbeam/protocol';
import { RawConnection } from '../load/raw-connection.js';

/** What the witness pair has seen. */
export interface WitnessReport {
  readonly sent: number;
  readonly delivered: number;
  readonly accepted: number;
  /** From SEND to DELIVER, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  /** What was wrong: closes, order, losses; at most ten. */
  readonly wrong: readonly string[];
}

const EVERY_MS = 10;
/** How long the last messages may take. */
const LAST_MS = 30_000;

/** Two people who go on exchanging messages while the router is fed bad input. Each message carries when it was sent. */
export class Witness {
  readonly #people: Person[];
  #timer: NodeJS.Timeout | undefined;

  private constructor(people: Person[]) {
    this.#people = people;
  }

  static async begin(port: number): Promise<Witness> {
    const [ann, bob] = [new Person('witness-ann', 'witness-bob'), new Person('witness-bob', 'witness-ann')];
    await Promise.all([ann.connect(port), bob.connect(port)]);
    const witness = new Witness([ann, bob]);
    witness.#timer = setInterval(() => witness.#people.forEach((person) => person.send()), EVERY_MS);
    return witness;
  }

  /** Stops to send, waits for what is under way, and says what was seen. */
  async end(): Promise<WitnessReport> {
    clearInterval(this.#timer);
    const settled = await Promise.race([
      Promise.all(this.#people.map((person) => person.settled())).then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), LAST_MS).unref()),
    ]);
    const wrong = this.#people.flatMap((person) => person.wrong);
    const sum = (of: (person: Person) => number): number =>
      this.#people.reduce((total, person) => total + of(person), 0);
    const [sent, delivered, accepted] = [sum((p) => p.sent), sum((p) => p.delivered), sum((p) => p.acceptedUpTo)];
    if (!settled) wrong.push(`${sent} messages sent, ${delivered} delivered, ${accepted} accepted`);
    for (const person of this.#people) person.close();
    const times = this.#people.flatMap((person) => person.times).sort((a, b) => a - b);
    const at = (q: number): number =>
      Math.round((times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0) * 10) / 10;
    return { sent, delivered, accepted, p50: at(0.5), p99: at(0.99), worst: at(1), wrong: wrong.slice(0, 10) };
  }
}

/** One of the two. */
class Person implements ServerFrameVisitor {
  readonly wrong: string[] = [];
  readonly times: number[] = [];
  sent = 0;
  delivered = 0;
  acceptedUpTo = 0;
  /** As WELCOME says. */
  #sendWindow = 1;
  readonly #name: string;
  readonly #to: string;
  readonly #writer = new FrameWriter();
  #connection: RawConnection | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #lastArrived = 0;
  #receipted = 0;
  #closing = false;
  #welcomed: (() => void) | undefined;
  #waiting: (() => void) | undefined;

  constructor(name: string, to: string) {
    this.#name = name;
    this.#to = to;
  }

  async connect(port: number): Promise<void> {
    const welcomed = new Promise<void>((resolve) => (this.#welcomed = resolve));
    this.#connection = await RawConnection.open({
      port,
      onMessage: (bytes) => {
        this.#bytes = bytes;
        if (readServerFrames(bytes, this) !== undefined) this.wrong.push('a bad frame from the router');
        if (this.#writer.length > 0) this.#connection!.send(this.#writer.take());
        if (this.#isSettled) this.#waiting?.();
      },
      onClose: (code) => {
        if (!this.#closing) this.wrong.push(`${this.#name} was closed with ${code}`);
        this.#welcomed?.();
        this.#waiting?.();
      },
    });
    this.#writer.hello(this.#name, { client: 'w' });
    this.#connection.send(this.#writer.take());
    await welcomed;
  }

  /** Sends one, unless as many as the router allows have no answer. */
  send(): void {
    if (this.sent - this.acceptedUpTo >= this.#sendWindow) return;
    const body = Buffer.allocUnsafe(8);
    body.writeDoubleBE(performance.now());
    this.#writer.send(++this.sent, this.#to, body);
    this.#connection!.send(this.#writer.take());
  }

  /** Resolves when all that it sent is accepted and receipted, or its connection has gone. */
  async settled(): Promise<void> {
    if (!this.#isSettled && this.#connection!.isOpen) await new Promise<void>((resolve) => (this.#waiting = resolve));
  }

  close(): void {
    this.#closing = true;
    this.#connection?.close();
  }

  get #isSettled(): boolean {
    return this.acceptedUpTo === this.sent && this.#receipted === this.sent;
  }

  welcome(...[, , , , , { sendWindow }]: Parameters<ServerFrameVisitor['welcome']>): void {
    this.#sendWindow = sendWindow;
    this.#welcomed?.();
  }

  accepted(cid: number): void {
    this.acceptedUpTo = cid;
  }

  rejected(cid: number, code: string): void {
    this.wrong.push(`${this.#name}: ${cid} was rejected ${code}`);
  }

  deliver(seq: number, from: string, _origin: number, cid: number, _ts: number, start: number): void {
    if (from === this.#to) {
      if (cid !== this.#lastArrived + 1) this.wrong.push(`${this.#name}: ${cid} came after ${this.#lastArrived}`);
      this.#lastArrived = cid;
      this.delivered++;
      const at = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start).getFloat64(0);
      this.times.push(performance.now() - at);
    }
    this.#writer.ack(seq);
  }

  receipt(seq: number, peer: string, kind: number, _origin: number, cid: number): void {
    if (peer === this.#to && kind === 1) this.#receipted = Math.max(cid, this.#receipted);
    this.#writer.ack(seq);
  }

  signal(): void {}
  presence(): void {}
  reply(): void {}

  error(code: string): void {
    this.wrong.push(`${this.#name}: ERROR ${code}`);
  }

  goodbye(reason: string): void {
    this.wrong.push(`${this.#name}: GOODBYE ${reason}`);
  }
}
