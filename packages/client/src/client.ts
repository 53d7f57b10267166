import {
  decodeAny,
  defaultWelcomeLimits,
  encodeAny,
  limits,
  nameKind,
  readServerFrames,
  ReceiptKind,
} from '@mailbeam/protocol';
import type { FrameWriter, ServerFrameVisitor, WelcomeLimits } from '@mailbeam/protocol';
import { Calls } from './calls.js';
import { Cids } from './cids.js';
import type { ClientEvents } from './client-events.js';
import { CallbackConsumer, IteratorConsumer } from './consumer.js';
import type { Consumer, MessageSource } from './consumer.js';
import { Emitter } from './emitter.js';
import type { Unsubscribe } from './emitter.js';
import {
  ArgumentError,
  ClosedError,
  ConsumerError,
  FailedError,
  MailbeamError,
  OutboxFullError,
  RejectedError,
  StateError,
} from './errors.js';
import { newClientId } from './identity.js';
import { Inbox } from './inbox.js';
import { Link } from './link.js';
import type { ClientState, ClosedReason } from './link.js';
import { makeMessage } from './message.js';
import type { Message } from './message.js';
import { resolveOptions } from './options.js';
import type { ClientOptions, ResolvedOptions } from './options.js';
import { orderBytes } from './order.js';
import type { Order } from './order.js';
import { Outbox } from './outbox.js';
import type { Entry } from './outbox.js';
import { Outgoing } from './outgoing.js';
import { Receipts } from './receipts.js';
import { Sent } from './sent.js';
import type { Accepted } from './sent.js';
import { Journal } from './state/journal.js';
import { encodeMark, encodeOrder, encodeState, readState, stateKey } from './state/saved-state.js';
import type { SavedState } from './state/saved-state.js';
import { Watches } from './watches.js';

/** A frame that is sent once and never again: SIGNAL, WATCH, CALL. */
interface Control {
  /** Its size at most, bytes. */
  readonly bytes: number;
  /** Whether it waits for the next connection where this one ends before it leaves. */
  readonly waits: boolean;
  readonly write: (writer: FrameWriter) => void;
}

/**
 * Connects to a router and stays connected until `close`, or until the router refuses for good (see `ClientState`).
 * Answers at once; everything may be called before the connection stands. Throws `ArgumentError` for bad options.
 */
export function connect(options: ClientOptions): Client {
  return new Client(resolveOptions(options));
}

/**
 * A connected user. It keeps the protocol's guarantees (docs/protocol.md): what it sends is resent under its old
 * number until it is answered, what it receives is shown once and acked when it is processed and the mark is durable.
 */
export class Client {
  private readonly options: ResolvedOptions;
  private readonly events = new Emitter<ClientEvents>();
  private readonly link: Link;
  private readonly journal: Journal;
  private readonly outbox: Outbox;
  private readonly outgoing: Outgoing;
  private readonly receipts: Receipts;
  private readonly calls: Calls;
  private readonly watches = new Watches();
  private readonly visitor: ServerFrameVisitor;
  private readonly source: MessageSource;
  private readonly started: Promise<void>;
  private readonly finished: Promise<void>;
  private finish!: () => void;

  private current: ClientState = { name: 'connecting' };
  private saved: SavedState | undefined;
  private cids = new Cids(0);
  private inbox = new Inbox([]);
  private consumer: Consumer | undefined;
  private controls: Control[] = [];
  private readonly settling = new Set<() => void>();
  private readonly readUpTo = new Map<string, number>();

  private welcomeLimits: WelcomeLimits = defaultWelcomeLimits;
  private origin = -1;
  private clockOffsetMs = 0;
  /** Whether the router knows numbers that this state does not: then the state is an old copy. */
  private stale = false;
  private renewing = false;
  private sendWindow = 0;
  private savedSendWindow = 0;
  /** Counts connections, so that what was begun on one is not ended on another. */
  private epoch = 0;
  private received: Uint8Array = new Uint8Array();
  private lastReceived = 0;
  private cancelAnswerWatch: (() => void) | undefined;
  private ackAsked = 0;
  private ackReady = 0;
  private ackSent = 0;
  private stateIsOpen = false;
  private scheduled = false;
  private closing = false;
  private ended = false;
  private drained: (() => void) | undefined;

  /** @internal Use `connect`. */
  constructor(options: ResolvedOptions) {
    this.options = options;
    this.finished = new Promise((resolve) => (this.finish = resolve));
    this.outbox = new Outbox(options.outboxLimit);
    this.receipts = new Receipts(options.receiptsTracked);
    this.calls = new Calls(options.clock);
    this.journal = new Journal(options.state, options.clock, (error) => this.events.emit('error', error));
    this.link = new Link(options, {
      dialled: (token) => this.hello(token),
      received: (bytes) => this.onBytes(bytes),
      lost: () => this.onLost(),
      refused: (reason, detail) => this.end(reason, new ClosedError(`${reason}: ${detail}`)),
      changed: (state) => this.changeState(state),
      failed: (error) => this.events.emit('error', error),
    });
    this.outgoing = new Outgoing((bytes) => this.link.send(bytes), defaultWelcomeLimits.maxMessage);
    this.visitor = this.makeVisitor();
    this.source = {
      take: () => this.takeMessage(),
      processed: () => this.messageProcessed(),
      putBack: () => this.inbox.putBack(),
    };
    if (options.onMessage !== undefined) {
      this.consumer = new CallbackConsumer(this.source, options.onMessage, options.clock, (failure) =>
        this.events.emit('handlerError', failure),
      );
    }
    this.started = this.start();
  }

  /** How the client stands to its router now. */
  get state(): ClientState {
    return this.current;
  }

  /** Sends and `markRead`s whose answer has not come. */
  get unanswered(): number {
    return this.outbox.size;
  }

  /** Calls `listener` at each event of this name from now on. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): Unsubscribe {
    return this.events.on(name, listener);
  }

  /** Settles when the client is first connected; rejects with `ClosedError` when it is closed before. */
  async ready(): Promise<void> {
    while (this.current.name !== 'open') {
      if (this.current.name === 'closed') throw this.closedError();
      await this.nextState();
    }
  }

  /**
   * Sends a message. Goes on through lost connections until the router has answered; see `Sent` for how it settles.
   * @param to a user, a `#group` or a `$service`
   * @param options.ttl seconds after which it is given up undelivered: 1 to 2,592,000; default: never
   */
  send(to: string, body: Uint8Array | string, options: { readonly ttl?: number } = {}): Sent {
    const sent = new Sent(to);
    const { ttl } = options;
    if (nameKind(to) === 0) {
      sent.settle(new ArgumentError(`not a well-formed name: ${JSON.stringify(to)}`));
    } else if (ttl !== undefined && !isTtl(ttl)) {
      sent.settle(new ArgumentError(`ttl must be 1 to ${limits.ttlMaxSeconds} whole seconds, not ${String(ttl)}`));
    } else {
      const bytes = typeof body === 'string' ? encoder.encode(body) : new Uint8Array(body);
      this.order({ kind: 'send', to, body: bytes, ttl }, sent);
    }
    return sent;
  }

  /**
   * Tells the sender that a person has read `message` and all before it of the same sender. Settles when the router
   * has taken it, at once where that was told before or the sender is a service; rejects as `send` does.
   */
  markRead(message: Message): Promise<void> {
    const { from, origin, cid } = message;
    const key = `${origin} ${from}`;
    if (nameKind(from) !== 1 || (this.readUpTo.get(key) ?? 0) >= cid) return Promise.resolve();
    const sent = new Sent(from);
    if (this.order({ kind: 'read', to: from, origin, upTo: cid }, sent)) {
      const before = this.readUpTo.get(key) ?? 0;
      this.readUpTo.set(key, cid);
      sent
        .catch(() => {
          if (this.readUpTo.get(key) === cid) this.readUpTo.set(key, before);
        })
        .catch(rethrow);
    }
    const done = sent.then(() => undefined);
    // As with `send`: the events tell of it too.
    done.catch(() => undefined);
    return done;
  }

  /**
   * The messages, one at a time: each is acked when the loop asks for the next. A loop that is left gives the message
   * in hand back. Throws `ConsumerError` where `onMessage` or another loop takes them already. The loop ends at
   * `close`, and throws `ClosedError` where the client is closed for another reason.
   */
  messages(): AsyncIterableIterator<Message> {
    if (this.options.onMessage !== undefined) {
      throw new ConsumerError('the option onMessage takes the messages; leave it out to use messages()');
    }
    if (this.consumer !== undefined) throw new ConsumerError('another loop over messages() has not ended');
    const consumer = new IteratorConsumer(this.source, () => {
      if (this.consumer === consumer) this.consumer = undefined;
    });
    this.consumer = consumer;
    if (this.closing || this.ended) consumer.end(this.endError());
    return consumer;
  }

  /**
   * Sends a passing word, as "is typing": it is not stored, and lost where the peer is away. At most 4,096 bytes.
   * Answers whether it left; it does not where there is no connection. Throws `ArgumentError`.
   */
  signal(peer: string, body: Uint8Array | string): boolean {
    if (nameKind(peer) === 0) throw new ArgumentError(`not a well-formed name: ${JSON.stringify(peer)}`);
    const bytes = typeof body === 'string' ? encoder.encode(body) : new Uint8Array(body);
    if (bytes.length > limits.signalBytes) {
      throw new ArgumentError(`a signal has at most ${limits.signalBytes} bytes, not ${bytes.length}`);
    }
    if (!this.link.usable) return false;
    const room = peer.length * 3 + bytes.length + 32;
    this.control({ bytes: room, waits: false, write: (writer) => writer.signal(peer, bytes) });
    return true;
  }

  /** Calls `listener` at each signal from a peer. */
  onSignal(listener: (event: ClientEvents['signal']) => void): Unsubscribe {
    return this.on('signal', listener);
  }

  /** From now on the event `presence` tells when these users come and go, and once how they stand. Throws `ArgumentError`. */
  watch(users: readonly string[]): void {
    this.changeWatch(users, true);
  }

  /** Ends `watch` for these users. */
  unwatch(users: readonly string[]): void {
    this.changeWatch(users, false);
  }

  /**
   * Asks a service. Waits for a connection where there is none, is never sent twice. Rejects with `CallError`,
   * `ClosedError`, or `ArgumentError` where `args` cannot be encoded or are too large.
   * @param options.timeoutMs default 30,000
   */
  async call(
    service: string,
    method: string,
    args: unknown,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<unknown> {
    if (this.closing || this.ended) throw this.closedError();
    const bare = service.startsWith('$') ? service.slice(1) : service;
    if (this.calls.size >= this.options.outboxLimit.messages)
      throw new OutboxFullError(`${this.calls.size} calls wait`);
    const bytes = sizeOfArgs(args) + (bare.length + method.length) * 3 + 32;
    if (bytes > this.welcomeLimits.maxMessage) throw new ArgumentError(`the arguments are too large: ${bytes} bytes`);
    const { rid, result } = this.calls.add(options.timeoutMs ?? 30_000);
    this.control({
      bytes,
      waits: true,
      write: (writer) => {
        if (this.calls.sent(rid)) writer.call(rid, bare, method, args);
      },
    });
    return result;
  }

  /**
   * Closes the client. With `drain` it first waits until every send is answered, the handler that runs has settled and
   * its ack has left, for at most `timeoutMs` (default 10,000); do not await that within `onMessage`. What is
   * unanswered then rejects with `ClosedError`, and is resent by the next client with the same `state`.
   */
  async close(options: { readonly drain?: boolean; readonly timeoutMs?: number } = {}): Promise<void> {
    if (!this.ended && !this.closing) {
      this.closing = true;
      this.consumer?.end();
      if (options.drain === true) await this.drain(options.timeoutMs ?? 10_000);
    }
    await this.started;
    this.end('closed', undefined);
    await this.finished;
  }

  // The life of the client.

  private async start(): Promise<void> {
    try {
      const values = await this.options.state.open();
      this.stateIsOpen = true;
      this.load(readState(values));
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      this.end('state', cause);
      return;
    }
    this.journal.whenDurable(() => this.link.dial());
    this.wake();
  }

  private load(saved: SavedState): void {
    const { user } = this.options;
    // Before anything is noted: not a byte may be written into the state of another user.
    if (user !== undefined && saved.user !== '' && saved.user !== user) throw otherUser();
    const client = saved.client === '' ? newClientId() : saved.client;
    if (saved.client === '') this.journal.set(stateKey.client, encodeState(client));
    this.saved = { ...saved, client };
    this.cids = new Cids(saved.reservedCid);
    this.inbox = new Inbox(saved.marks);
    this.sendWindow = saved.sendWindow;
    this.savedSendWindow = saved.sendWindow;
    const restored = saved.unanswered.map(([cid, order]) => [cid, order, new Sent(order.to)] as const);
    this.outbox.restore(restored, saved.sendWindow);
    const sends = restored.filter(([, order]) => order.kind === 'send').map(([cid, , sent]) => ({ cid, sent }));
    if (sends.length > 0) this.events.emit('restored', sends);
  }

  private hello(token: string): void {
    const { window, agent } = this.options;
    this.outgoing.reset();
    this.outgoing.room(0).hello(token, { window, client: this.saved?.client ?? '', agent });
    this.outgoing.send();
  }

  private onWelcome(user: string, session: string, origin: number, pending: number, now: number): void | false {
    const expected = this.options.user ?? (this.saved?.user === '' ? user : this.saved?.user);
    if (user !== expected || (this.saved?.user !== '' && this.saved?.user !== user)) {
      this.end('state', otherUser());
      return false;
    }
    if (this.saved.user === '') {
      this.saved = { ...this.saved, user };
      this.journal.set(stateKey.user, encodeState(user));
    }
    this.origin = origin;
    this.clockOffsetMs = now - this.options.clock.now();
    this.controls.unshift(...this.watches.frames().map((users) => watchControl(users, true)));
    this.link.welcomed({ name: 'open', user, session, pending });
    return this.ended ? false : undefined;
  }

  private takeLimits(given: WelcomeLimits): void {
    this.welcomeLimits = given;
    this.outgoing.maxMessage = given.maxMessage;
    const { sendWindow } = given;
    if (sendWindow <= this.savedSendWindow) {
      this.sendWindow = sendWindow;
      return;
    }
    // A window that the saved state does not know yet must not be used: see Outbox.
    this.sendWindow = this.savedSendWindow;
    this.journal.set(stateKey.sendWindow, encodeState(sendWindow));
    const { epoch } = this;
    this.journal.whenDurable(() => {
      this.savedSendWindow = Math.max(this.savedSendWindow, sendWindow);
      if (this.epoch === epoch) this.sendWindow = sendWindow;
      this.wake();
    });
  }

  private onLost(): void {
    this.epoch++;
    this.origin = -1;
    this.ackAsked = 0;
    this.ackReady = 0;
    this.ackSent = 0;
    this.outgoing.reset();
    this.inbox.disconnected();
    this.outbox.disconnected();
    this.calls.disconnected();
    // Signals are of the moment, watches are said anew; calls that have not left wait.
    this.controls = this.controls.filter((control) => control.waits);
  }

  private changeState(state: ClientState): void {
    this.current = state;
    this.events.emit('state', state);
  }

  private nextState(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.on('state', () => {
        stop();
        resolve();
      });
    });
  }

  private async drain(timeoutMs: number): Promise<void> {
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => (cancel = this.options.clock.timer(timeoutMs, resolve)));
    await Promise.race([this.settled(), late, this.finished]);
    cancel?.();
    this.drained = undefined;
  }

  /** No handler runs, every order is answered, every ack has left. */
  private async settled(): Promise<void> {
    await this.consumer?.rest();
    await new Promise<void>((resolve) => {
      this.drained = resolve;
      this.wake();
    });
  }

  private end(reason: ClosedReason, error: Error | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.cancelAnswerWatch?.();
    this.link.end();
    this.current = { name: 'closed', reason, error };
    const closed = this.closedError();
    this.keepUnnumbered();
    for (const entry of this.outbox.clear()) entry.sent.settle(closed);
    this.calls.end(closed);
    this.consumer?.end(this.endError());
    const stored = this.stateIsOpen ? this.journal.close() : Promise.resolve();
    stored
      .catch((failure: unknown) => this.events.emit('error', failure))
      .then(() => {
        for (const settle of this.settling) settle();
        this.finish();
      })
      .catch(rethrow);
    this.events.emit('state', this.current);
  }

  private closedError(): ClosedError {
    const { current } = this;
    if (current.name !== 'closed') return new ClosedError('closed');
    return new ClosedError(current.reason, { cause: current.error });
  }

  /** What a loop over messages ends with: nothing where the application closed the client. */
  private endError(): ClosedError | undefined {
    return this.current.name === 'closed' && this.current.reason !== 'closed' ? this.closedError() : undefined;
  }

  // What comes in.

  private onBytes(bytes: Uint8Array): void {
    this.received = bytes;
    this.lastReceived = this.options.clock.now();
    const { epoch } = this;
    const bad = readServerFrames(bytes, this.visitor);
    this.received = new Uint8Array();
    if (this.ended || this.epoch !== epoch) return;
    if (bad !== undefined) this.breach(bad.detail);
    this.consumer?.wake();
    this.wake();
  }

  /** The router broke the protocol: this connection cannot be trusted, another may. */
  private breach(detail: string): void {
    this.events.emit('error', new MailbeamError('bad_frame', `the router broke the protocol: ${detail}`, true));
    if (!this.ended) this.link.drop(`the router broke the protocol: ${detail}`, 4000);
  }

  private makeVisitor(): ServerFrameVisitor {
    const goOn = (): void | false => (this.ended ? false : undefined);
    return {
      welcome: (user, session, origin, lastCid, pending, given, now) => {
        if (this.link.open) return this.refuse('a second WELCOME');
        this.takeLimits(given);
        this.stale = lastCid > this.cids.used;
        return this.onWelcome(user, session, origin, pending, now);
      },
      accepted: (cid, ts) => {
        for (const entry of this.outbox.answeredUpTo(cid)) this.accept(entry, ts);
        return goOn();
      },
      rejected: (cid, code, detail, retryAfterMs) => {
        this.onRejected(cid, code, detail, retryAfterMs < 0 ? undefined : retryAfterMs);
        return goOn();
      },
      deliver: (seq, from, origin, cid, ts, start, end, group) => {
        const body = new Uint8Array(this.received.subarray(start, end));
        if (this.inbox.deliver(seq, { from, origin, cid, ts, body, group })) return undefined;
        return this.refuse(`seq ${seq} is not the next`);
      },
      receipt: (seq, peer, kind, origin, cid, ts, code, upTo) => {
        if (!this.inbox.receipt(seq)) return this.refuse(`seq ${seq} is not the next`);
        this.onReceipt(peer, kind, origin, cid, ts, code, Math.max(cid, upTo));
        return goOn();
      },
      signal: (from, start, end) => {
        this.events.emit('signal', { from, body: new Uint8Array(this.received.subarray(start, end)) });
        return goOn();
      },
      presence: (user, online, ts) => {
        this.events.emit('presence', { user, online, ts });
        return goOn();
      },
      reply: (rid, ok, start, end) => {
        this.calls.reply(rid, ok, decodeAny(this.received.slice(start, end)));
        return goOn();
      },
      error: (code, detail) => {
        this.link.heardError(code, detail);
        this.events.emit('routerError', { code, detail });
        return goOn();
      },
      goodbye: (_reason, retryAfterMs, location) => {
        this.link.leave(retryAfterMs, location);
        return goOn();
      },
    };
  }

  private refuse(detail: string): false {
    this.breach(detail);
    return false;
  }

  private onRejected(cid: number, code: string, detail: string, retryAfterMs: number | undefined): void {
    const serverNow = this.options.clock.now() + this.clockOffsetMs;
    for (const entry of this.outbox.answeredUpTo(cid)) {
      if (entry.cid === cid) this.reject(entry, new RejectedError(cid, code, detail, retryAfterMs));
      // Everything below a rejected cid is answered too, and what was not rejected was accepted.
      else this.accept(entry, serverNow);
    }
  }

  private onReceipt(
    peer: string,
    kind: ReceiptKind,
    origin: number,
    cid: number,
    ts: number,
    code: string,
    upTo: number,
  ): void {
    const own = origin === this.origin;
    if (kind === ReceiptKind.FAILED) {
      if (own) {
        for (const entry of this.outbox.leftTo(peer, cid, upTo)) this.fail(entry, code);
        this.receipts.failed(peer, cid, upTo, code);
      }
      this.events.emit('failed', { peer, origin, own, cid, upTo, code, ts });
      return;
    }
    if (own) {
      // The message `cid` was taken. Of those below it some may have been rejected, with the answer still under way.
      const entry = this.outbox.findLeft(peer, cid);
      if (entry !== undefined) this.accept(entry, ts);
      this.receipts.cumulative(peer, kind, cid, ts);
    }
    this.events.emit(kind === ReceiptKind.READ ? 'read' : 'delivered', { peer, origin, own, upTo: cid, ts });
  }

  // Answers.

  private accept(entry: Entry, ts: number): void {
    if (!this.outbox.settle(entry)) return;
    const { order, sent, cid } = entry;
    const accepted: Accepted = { cid, ts };
    this.remove(entry);
    sent.settle(accepted);
    this.events.emit('accepted', { kind: order.kind, cid, to: order.to, ts });
    if (order.kind === 'send') this.receipts.track(cid, sent);
  }

  private reject(entry: Entry, error: RejectedError): void {
    if (!this.outbox.settle(entry)) return;
    const { order, sent, cid } = entry;
    // The application may do as it likes with a rejected message, so a restart must not find it unanswered.
    this.remove(entry, () => {
      sent.settle(error);
      this.events.emit('rejected', { kind: order.kind, cid, to: order.to, error });
    });
  }

  private fail(entry: Entry, code: string): void {
    if (!this.outbox.settle(entry)) return;
    // What expired or was purged had been accepted: its ACCEPTED comes, and until then the router counts it.
    entry.answeredByReceipt = code !== 'expired' && code !== 'purged';
    const error = new FailedError(entry.cid, code);
    this.remove(entry, () => {
      entry.sent.settle(error);
      entry.sent.emit('failed', error);
    });
  }

  /** Removes a settled entry from the saved state, then calls `after`. */
  private remove(entry: Entry, after?: () => void): void {
    if (after !== undefined) this.settling.add(after);
    this.journal.set(stateKey.order(entry.cid), undefined);
    this.journal.whenDurable(() => {
      this.outbox.removed(entry);
      if (after !== undefined && this.settling.delete(after)) after();
      this.wake();
    });
    this.wake();
  }

  // Messages.

  private takeMessage(): Message | undefined {
    const parts = this.inbox.take();
    return parts === undefined ? undefined : makeMessage(parts, (message) => this.markRead(message));
  }

  private messageProcessed(): void {
    const parts = this.inbox.processed();
    if (parts === undefined) return;
    const { from, origin, group, cid } = parts;
    this.journal.set(stateKey.mark(from, origin, group), encodeMark(from, origin, group, cid));
    this.wake();
  }

  // What goes out.

  private order(order: Order, sent: Sent): boolean {
    const full = this.outbox.refuses(order);
    if (this.closing || this.ended) sent.settle(this.closedError());
    else if (full !== undefined) sent.settle(new OutboxFullError(full));
    else {
      this.outbox.add(order, sent);
      this.wake();
      return true;
    }
    return false;
  }

  private control(control: Control): void {
    this.controls.push(control);
    this.wake();
  }

  private changeWatch(users: readonly string[], on: boolean): void {
    for (const user of users) {
      if (nameKind(user) !== 1) throw new ArgumentError(`not a well-formed name: ${JSON.stringify(user)}`);
    }
    for (const changed of this.watches.change(users, on)) {
      // Without a connection the next WELCOME says it.
      if (this.link.open) this.control(watchControl(changed, on));
    }
  }

  /** Has a turn run soon. */
  private wake(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.options.clock.turn(() => {
      this.scheduled = false;
      this.turn();
    });
  }

  /** Everything that one turn of the event loop brought, at once: one write of the state, one WebSocket message. */
  private turn(): void {
    if (this.saved === undefined || this.ended) return;
    this.number();
    this.askAck();
    this.journal.kick();
    if (this.link.open) this.flush();
    this.watchAnswers();
    this.checkDrained();
  }

  private number(): void {
    const numbered = this.outbox.number(() => this.takeCid());
    for (const { cid, order } of numbered) this.journal.set(stateKey.order(cid), encodeOrder(cid, order));
  }

  /** At the end: what was asked for in this very turn is kept in the saved state too. None of it can leave any more. */
  private keepUnnumbered(): void {
    if (this.saved === undefined) return;
    const numbered = this.outbox.number(() => {
      const wanted = this.cids.wanted(this.options.cidBlock);
      if (wanted > 0) this.journal.set(stateKey.reservedCid, encodeState(wanted));
      this.cids.assumeStored();
      return this.cids.take();
    });
    for (const { cid, order } of numbered) this.journal.set(stateKey.order(cid), encodeOrder(cid, order));
  }

  private takeCid(): number {
    const wanted = this.cids.wanted(this.options.cidBlock);
    if (wanted > 0) {
      this.journal.set(stateKey.reservedCid, encodeState(wanted));
      this.journal.whenDurable(() => {
        this.cids.stored(wanted);
        this.wake();
      });
    }
    return this.cids.take();
  }

  /** ACK goes out when the marks of what it covers are durable. */
  private askAck(): void {
    const ackable = this.inbox.ackable();
    if (ackable <= this.ackAsked) return;
    this.ackAsked = ackable;
    const { epoch } = this;
    this.journal.whenDurable(() => {
      if (this.epoch !== epoch) return;
      this.ackReady = Math.max(this.ackReady, ackable);
      this.wake();
    });
  }

  private flush(): void {
    if (this.ackReady > this.ackSent) {
      this.ackSent = this.ackReady;
      this.outgoing.room(16).ack(this.ackSent);
    }
    if (this.stale && !this.outbox.resending) this.renew();
    else if (this.link.usable) {
      for (const { bytes, write } of this.controls.splice(0)) write(this.outgoing.room(bytes));
      this.flushOutbox();
    }
    this.outgoing.send();
  }

  /**
   * The state is an old copy, so the numbers that it would give may be used: from the next connection on this is another
   * `client` (docs/protocol.md, section 5). What the old one left unanswered was answered under its own name before.
   */
  private renew(): void {
    if (this.renewing) return;
    this.renewing = true;
    const client = newClientId();
    this.journal.set(stateKey.client, encodeState(client));
    this.journal.kick();
    this.journal.whenDurable(() => {
      if (this.saved === undefined || this.ended) return;
      this.saved = { ...this.saved, client };
      this.renewing = false;
      this.link.drop('the saved state is an old copy: this client takes a new name');
    });
  }

  private flushOutbox(): void {
    const { maxBody, maxMessage } = this.welcomeLimits;
    for (
      let entry = this.outbox.peek(this.sendWindow);
      entry !== undefined;
      entry = this.outbox.peek(this.sendWindow)
    ) {
      const { order, cid, again } = entry;
      if (this.stale && !again) return;
      const bytes = orderBytes(order);
      if (order.kind === 'send' && (order.body.length > maxBody || bytes > maxMessage)) {
        // As the router would answer; a message over maxMessage would end the connection, time and again.
        const detail = `the body has ${order.body.length} bytes, the router takes ${maxBody}`;
        this.reject(entry, new RejectedError(cid, 'too_large', detail));
        if (this.ended) return;
        continue;
      }
      const writer = this.outgoing.room(bytes);
      if (order.kind === 'read') writer.read(cid, order.to, order.origin, order.upTo, again);
      else writer.send(cid, order.to, order.body, order.ttl === undefined ? { again } : { again, ttl: order.ttl });
      this.outbox.shift();
    }
  }

  /** A connection on which answers are due and nothing at all is heard is dead, whatever the socket says. */
  private watchAnswers(): void {
    if (this.cancelAnswerWatch !== undefined || !this.link.open || this.outbox.inFlightCount === 0) return;
    const { clock, answerTimeoutMs } = this.options;
    const { epoch } = this;
    const since = clock.now();
    this.cancelAnswerWatch = clock.timer(answerTimeoutMs, () => {
      this.cancelAnswerWatch = undefined;
      if (this.epoch === epoch && this.outbox.inFlightCount > 0 && this.lastReceived < since) {
        this.link.drop(`no answer for ${answerTimeoutMs} ms`);
      } else {
        this.watchAnswers();
      }
    });
  }

  private checkDrained(): void {
    if (this.drained === undefined || this.outbox.size > 0 || this.settling.size > 0) return;
    if (this.link.open && this.ackSent < this.inbox.ackable()) return;
    this.drained();
  }
}

const encoder = new TextEncoder();

function watchControl(users: readonly string[], on: boolean): Control {
  const bytes = users.reduce((sum, user) => sum + user.length * 3 + 4, 32);
  return { bytes, waits: false, write: (writer) => writer.watch(users, on) };
}

function isTtl(ttl: number): boolean {
  return Number.isSafeInteger(ttl) && ttl >= limits.ttlMinSeconds && ttl <= limits.ttlMaxSeconds;
}

function sizeOfArgs(args: unknown): number {
  try {
    return encodeAny(args).length;
  } catch (cause) {
    throw new ArgumentError('the arguments cannot be sent', { cause });
  }
}

function otherUser(): StateError {
  return new StateError('state_mismatch', 'the saved state or the option "user" belongs to another user');
}

function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
