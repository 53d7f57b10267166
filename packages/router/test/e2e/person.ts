import { FrameWriter, readServerFrames } from '@mailbeam/protocol';
import type { ServerFrameVisitor } from '@mailbeam/protocol';
import { RawConnection } from '@mailbeam/tools/load';
import type { RawConnectionOptions } from '@mailbeam/tools/load';

/** A frame that came, as its name and its fields. */
export type Came =
  | { what: 'welcome'; user: string; origin: number; lastCid: number; pending: number }
  | { what: 'accepted'; cid: number }
  | { what: 'rejected'; cid: number; code: string; retryAfterMs: number }
  | { what: 'deliver'; seq: number; from: string; cid: number; body: string; bytes: number }
  | { what: 'receipt'; seq: number; peer: string; kind: number; cid: number; code: string; at: number }
  | { what: 'signal'; peer: string; body: string }
  | { what: 'presence'; user: string; online: boolean; at: number }
  | { what: 'reply'; rid: number; ok: boolean }
  | { what: 'error'; code: string }
  | { what: 'goodbye'; reason: string; retryAfterMs: number }
  | { what: 'close'; code: number; reason: string };

type Of<W extends Came['what']> = Extract<Came, { what: W }>;

const LIMIT_MS = 45_000;

/** A client that does just what a test says, and keeps what came. */
export class Person {
  readonly came: Came[] = [];
  readonly #writer = new FrameWriter();
  #connection!: RawConnection;
  #waiting = new Set<() => void>();

  /** Opens a connection and says nothing. */
  static async connect(port: number, options: Partial<RawConnectionOptions> = {}): Promise<Person> {
    const person = new Person();
    person.#connection = await RawConnection.open({
      port,
      onMessage: (bytes) => person.#read(bytes),
      onText: () => person.#note({ what: 'error', code: 'the router sent text' }),
      onClose: (code, reason) => person.#note({ what: 'close', code, reason }),
      ...options,
    });
    return person;
  }

  /** Opens a connection, says HELLO and waits for WELCOME. */
  static async login(port: number, user: string, window = 256): Promise<Person> {
    const person = await Person.connect(port);
    person.write((w) => w.hello(user, { client: 'c', window }));
    await person.next('welcome');
    return person;
  }

  get connection(): RawConnection {
    return this.#connection;
  }

  write(frames: (writer: FrameWriter) => void): void {
    frames(this.#writer);
    this.#connection.send(this.#writer.take());
  }

  send(cid: number, to: string, body = `m${cid}`, options: { ttl?: number; again?: boolean } = {}): void {
    this.write((w) => w.send(cid, to, Buffer.from(body), options));
  }

  ack(seq: number): void {
    this.write((w) => w.ack(seq));
  }

  of<W extends Came['what']>(what: W): Of<W>[] {
    return this.came.filter((one): one is Of<W> => one.what === what);
  }

  get bodies(): string[] {
    return this.of('deliver').map(({ body }) => body);
  }

  /** The first frame of a kind that is so, whether it has come or will; fails after 20 s. */
  async next<W extends Came['what']>(what: W, isSo: (one: Of<W>) => boolean = () => true): Promise<Of<W>> {
    await this.until(() => this.of(what).some(isSo), what);
    return this.of(what).find(isSo)!;
  }

  async accepted(cid: number): Promise<void> {
    await this.next('accepted', (one) => one.cid >= cid);
  }

  /** Resolves with the close code. */
  async closed(): Promise<number> {
    return (await this.next('close')).code;
  }

  /** Looks at everything that comes until it is so. */
  async until(isSo: () => boolean, what = 'that'): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!isSo()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${what} did not come; came: ${JSON.stringify(this.came.slice(-10))}`));
      }, LIMIT_MS);
      this.#waiting.add(look);
    });
  }

  end(): void {
    this.#connection.destroy();
  }

  #note(one: Came): void {
    this.came.push(one);
    for (const look of [...this.#waiting]) look();
  }

  #read(bytes: Uint8Array): void {
    const text = (start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString();
    const visitor: ServerFrameVisitor = {
      welcome: (user, _session, origin, lastCid, pending) =>
        this.#note({ what: 'welcome', user, origin, lastCid, pending }),
      accepted: (cid) => this.#note({ what: 'accepted', cid }),
      rejected: (cid, code, _detail, retryAfterMs) => this.#note({ what: 'rejected', cid, code, retryAfterMs }),
      deliver: (seq, from, _origin, cid, _ts, start, end) =>
        this.#note({
          what: 'deliver',
          seq,
          from,
          cid,
          body: text(start, Math.min(end, start + 99)),
          bytes: end - start,
        }),
      receipt: (seq, peer, kind, _origin, cid, _ts, code) =>
        this.#note({ what: 'receipt', seq, peer, kind, cid, code, at: performance.now() }),
      signal: (peer, start, end) => this.#note({ what: 'signal', peer, body: text(start, end) }),
      presence: (user, online) => this.#note({ what: 'presence', user, online, at: performance.now() }),
      reply: (rid, ok) => this.#note({ what: 'reply', rid, ok }),
      error: (code) => this.#note({ what: 'error', code }),
      goodbye: (reason, retryAfterMs) => this.#note({ what: 'goodbye', reason, retryAfterMs }),
    };
    const wrong = readServerFrames(bytes, visitor);
    if (wrong !== undefined) this.#note({ what: 'error', code: `a bad frame from the router: ${wrong.detail}` });
  }
}
