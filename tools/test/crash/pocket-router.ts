import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultWelcomeLimits, limits, NameCache, readClientFrames } from '@mailbeam/protocol';
import type { ClientFrameVisitor, NameKind } from '@mailbeam/protocol';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { Random } from '../../src/crash/random.js';
import type { RouterStatus, RouterUnderTest } from '../../src/crash/router-under-test.js';
import { PocketDisk } from './pocket-disk.js';
import type { PocketEntry, PocketMessage, PocketOp } from './pocket-disk.js';
import { isOver, PocketSession } from './pocket-session.js';

/** What a pocket router does wrong; each is a thing that the crash test must find. */
export type PocketFault =
  | 'accepts before the flush'
  | 'drops receipts'
  | 'swaps two messages'
  | 'forgets an erasure in a crash'
  | 'loses a message in a crash'
  | 'takes a resend twice'
  | 'rejects what it has taken'
  | 'tells delivered when it hands out'
  | 'never tells read'
  | 'gives the same origin to two clients';

const flushMs = 4;

/** A router in a few lines, in memory, honest or with one fault: what the crash test itself is tested with. */
export class PocketRouter implements RouterUnderTest {
  readonly output = '';
  readonly complaints: readonly string[] = [];
  readonly #fault: PocketFault | undefined;
  readonly #random: Random;
  readonly #disk = new PocketDisk();
  readonly #sessions = new Map<string, PocketSession>();
  readonly #appends = new WeakMap<PocketMessage, PocketOp>();
  readonly #names = new NameCache(256);
  #server: WebSocketServer | undefined;
  #port = 0;
  #up = false;
  #elided = 0;
  #afterFlush: (() => void)[] = [];
  #timers: NodeJS.Timeout[] = [];
  #skippable = new Set<number>();
  #ops = 0;

  constructor(seed: number, fault?: PocketFault) {
    this.#random = new Random(seed);
    this.#fault = fault;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/v1/socket`;
  }

  async start(): Promise<void> {
    this.#server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#server.on('connection', (socket) => this.#connected(socket));
    this.#timers = [setInterval(() => this.#flush(), flushMs), setInterval(() => this.#expire(), 100)];
    this.#up = true;
  }

  startAndKill(): Promise<void> {
    return Promise.resolve();
  }

  /** Everything that was not flushed is gone; it is up again after a moment. */
  async kill(): Promise<void> {
    this.#up = false;
    this.#afterFlush = [];
    for (const socket of this.#server?.clients ?? []) socket.terminate();
    this.#sessions.clear();
    const skips = this.#fault === 'forgets an erasure in a crash' || this.#fault === 'loses a message in a crash';
    this.#disk.crash(skips ? (i) => this.#skippable.has(i) : undefined);
    await delay(20);
    this.#up = true;
  }

  nextNode(): Promise<void> {
    return Promise.resolve();
  }

  status(): Promise<RouterStatus | undefined> {
    const { accepted, delivered, failed, mailboxes } = this.#disk.state;
    const pendingMessages = [...mailboxes.values()].flat().filter(({ kind }) => kind === 0).length;
    const pending = accepted - delivered - failed;
    // A fault that leaves the ledger wrong is not what these tests are about.
    const honest = { pendingMessages, pending, imbalance: pending - pendingMessages };
    const told = this.#fault === undefined ? honest : { pendingMessages: 0, pending: 0, imbalance: 0 };
    return Promise.resolve({ ...told, writesElided: this.#elided, quiet: true });
  }

  stop(): Promise<string> {
    this.#timers.forEach((timer) => clearInterval(timer));
    return Promise.resolve('');
  }

  checkStore(): Promise<string> {
    return Promise.resolve('');
  }

  async dispose(): Promise<void> {
    await this.stop();
    for (const socket of this.#server?.clients ?? []) socket.terminate();
    this.#server?.close();
  }

  #connected(socket: WebSocket): void {
    if (!this.#up) return socket.terminate();
    const port = new PocketPort(socket, this);
    socket.on('message', (data: Buffer) => {
      port.bytes = data;
      if (this.#up && readClientFrames(data, port, this.#names) !== undefined) socket.close(4000);
    });
    socket.on('close', () => {
      if (port.session !== undefined && this.#sessions.get(port.session.user) === port.session)
        this.#sessions.delete(port.session.user);
    });
  }

  /** False once another connection has taken over. */
  isCurrent(session: PocketSession): boolean {
    return this.#sessions.get(session.user) === session;
  }

  // What the ports ask for.

  hello(port: PocketPort, user: string, client: string, window: number): void {
    const old = this.#sessions.get(user);
    this.#sessions.delete(user);
    old?.close(4003);
    const key = `${user} ${client === '' ? `${this.#ops} ${this.#random.next()}` : client}`;
    if (!this.#disk.state.senders.has(key)) {
      const shared = this.#fault === 'gives the same origin to two clients' ? 0 : 1;
      const origin = (this.#disk.state.origins.get(user) ?? 1) + shared;
      this.#do((state) => {
        state.origins.set(user, origin);
        state.senders.set(key, { origin, answers: new Map() });
      });
    }
    this.#afterFlush.push(() => {
      const sender = this.#disk.state.senders.get(key);
      if (sender === undefined || port.socket.readyState !== port.socket.OPEN) return;
      const rival = this.#sessions.get(user);
      rival?.close(4003);
      const session = new PocketSession(port.socket, user, key, sender, window);
      this.#sessions.set(user, session);
      const pending = this.#disk.state.mailbox(user).length;
      session.writer.welcome(user, 's', sender.origin, 0, pending, defaultWelcomeLimits, Date.now());
      this.#pump(user);
      port.welcomed(session);
    });
  }

  send(
    session: PocketSession,
    cid: number,
    to: string,
    kind: NameKind,
    body: Uint8Array,
    ttl: number,
    again: boolean,
  ): void {
    session.expect(cid);
    const known = session.sender.answers.get(cid);
    if (again && known !== undefined && this.#fault !== 'takes a resend twice') {
      const told = known === '' && this.#fault === 'rejects what it has taken' ? 'overloaded' : known;
      this.#afterFlush.push(() => session.answer(cid, told));
      return;
    }
    const code =
      kind === 0 ? 'invalid' : kind !== 1 ? 'unknown_recipient' : body.length > limits.maxBodyBytes ? 'too_large' : '';
    if (code !== '') return session.answer(cid, code);
    const key = ++this.#disk.state.key;
    const ts = Date.now();
    const expiresAt = ttl > 0 ? ts + ttl * 1000 : 0;
    const { origin } = session.sender;
    const message: PocketMessage = {
      kind: 0,
      key,
      from: session.user,
      origin,
      client: session.client,
      cid,
      ts,
      expiresAt,
      body,
    };
    const op: PocketOp = (state) => {
      state.key = Math.max(state.key, key);
      state.accepted++;
      state.mailbox(to).push(message);
      state.senders.get(message.client)?.answers.set(cid, '');
    };
    this.#appends.set(message, op);
    if (this.#fault === 'loses a message in a crash' && this.#random.chance(0.01)) this.#skippable.add(this.#ops);
    this.#do(op);
    if (this.#fault === 'accepts before the flush') session.answer(cid, '');
    this.#afterFlush.push(() => session.answer(cid, ''));
    this.#pump(to);
  }

  read(session: PocketSession, cid: number, from: string, origin: number, upTo: number): void {
    session.expect(cid);
    if (this.#fault !== 'never tells read') this.#putReceipt(from, 2, session.user, origin, upTo);
    this.#afterFlush.push(() => session.answer(cid, ''));
  }

  ack(session: PocketSession, seq: number): void {
    const taken = session.unacked.filter((unacked) => unacked.seq <= seq);
    session.unacked = session.unacked.filter((unacked) => unacked.seq > seq);
    for (const { entry } of taken) this.#taken(session.user, entry);
    this.#pump(session.user);
  }

  /** An entry was acked. If its write has not begun it is left out, and the ack is what accepts. */
  #taken(user: string, entry: PocketEntry): void {
    if (entry.kind === 0) {
      const append = this.#appends.get(entry);
      const settled: PocketOp = (state) => {
        state.accepted++;
        state.senders.get(entry.client)?.answers.set(entry.cid, '');
      };
      const elided = append !== undefined && this.#disk.replace(append, settled);
      this.#erase(user, entry, 'delivered');
      const dropped = this.#fault === 'drops receipts' && this.#random.chance(0.05);
      if (!dropped && this.#fault !== 'tells delivered when it hands out')
        this.#putReceipt(entry.from, 1, user, entry.origin, entry.cid);
      if (!elided) return;
      this.#elided++;
      // Only if the receipt has left may the answer leave before the flush (rule 5).
      const sender = this.#sessions.get(entry.from);
      if (sender?.client === entry.client && sender.hasRoom) sender.answer(entry.cid, '');
    } else this.#erase(user, entry, undefined);
  }

  #erase(user: string, { key }: PocketEntry, count: 'delivered' | 'failed' | undefined): void {
    if (this.#fault === 'forgets an erasure in a crash' && this.#random.chance(0.01)) this.#skippable.add(this.#ops);
    this.#do((state) => {
      if (count !== undefined) state[count]++;
      const mailbox = state.mailbox(user);
      const i = mailbox.findIndex((entry) => entry.key === key);
      if (i !== -1) mailbox.splice(i, 1);
    });
  }

  #putReceipt(user: string, kind: 1 | 2 | 3, peer: string, origin: number, cid: number): void {
    const key = ++this.#disk.state.key;
    const ts = Date.now();
    this.#do((state) => {
      state.key = Math.max(state.key, key);
      state.mailbox(user).push({ kind, key, peer, origin, cid, ts });
    });
    this.#pump(user);
  }

  #pump(user: string): void {
    const session = this.#sessions.get(user);
    if (session === undefined) return;
    const before = session.unacked.length;
    session.pump(this.#disk.state, (first, second) => this.#swaps(first, second));
    if (this.#fault === 'tells delivered when it hands out')
      for (const { entry } of session.unacked.slice(before))
        if (entry.kind === 0) this.#putReceipt(entry.from, 1, user, entry.origin, entry.cid);
  }

  #swaps(first: PocketEntry, second: PocketEntry): boolean {
    if (this.#fault !== 'swaps two messages' || first.kind !== 0 || second.kind !== 0) return false;
    return first.from === second.from && first.origin === second.origin && this.#random.chance(0.05);
  }

  #do(op: PocketOp): void {
    this.#ops++;
    this.#disk.do(op);
  }

  #flush(): void {
    if (!this.#up) return;
    this.#disk.flush();
    const waiting = this.#afterFlush;
    this.#afterFlush = [];
    for (const tell of waiting) tell();
  }

  #expire(): void {
    if (!this.#up) return;
    for (const [user, mailbox] of this.#disk.state.mailboxes)
      for (const entry of [...mailbox])
        if (entry.kind === 0 && isOver(entry) && this.#sessions.get(user)?.holds(entry) !== true) {
          this.#erase(user, entry, 'failed');
          this.#putReceipt(entry.from, 3, user, entry.origin, entry.cid);
        }
  }
}

/** One socket before and after its WELCOME; frames that come before it wait. */
class PocketPort implements ClientFrameVisitor {
  readonly socket: WebSocket;
  readonly #router: PocketRouter;
  session: PocketSession | undefined;
  bytes: Uint8Array = new Uint8Array(0);
  #waiting: ((session: PocketSession) => void)[] = [];

  constructor(socket: WebSocket, router: PocketRouter) {
    this.socket = socket;
    this.#router = router;
  }

  welcomed(session: PocketSession): void {
    this.session = session;
    for (const act of this.#waiting) act(session);
  }

  hello(token: string, window: number, client: string): void {
    this.#router.hello(this, token, client, window);
  }

  send(cid: number, to: string, kind: NameKind, start: number, end: number, ttl: number, again: boolean): void {
    const body = this.bytes.slice(start, end);
    this.#soon((session) => this.#router.send(session, cid, to, kind, body, ttl, again));
  }

  ack(seq: number): void {
    this.#soon((session) => this.#router.ack(session, seq));
  }

  read(cid: number, from: string, origin: number, upTo: number): void {
    this.#soon((session) => this.#router.read(session, cid, from, origin, upTo));
  }

  signal(): void {}
  watch(): void {}
  call(): void {}

  #soon(act: (session: PocketSession) => void): void {
    if (this.session === undefined) this.#waiting.push(act);
    else if (this.#router.isCurrent(this.session)) act(this.session);
  }
}
