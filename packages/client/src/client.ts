import type { WelcomeLimits } from '@mailbeam/protocol';
import { Acks } from './acks.js';
import { Answers } from './answers.js';
import { Calls } from './calls.js';
import type { ClientEvents } from './client-events.js';
import { CallbackConsumer, IteratorConsumer } from './consumer.js';
import type { Consumer, MessageSource } from './consumer.js';
import { Controls } from './controls.js';
import { Dispatch } from './dispatch.js';
import { Emitter } from './emitter.js';
import type { Unsubscribe } from './emitter.js';
import { ClosedError, ConsumerError } from './errors.js';
import { Identity } from './identity.js';
import { Inbox } from './inbox.js';
import { Incoming } from './incoming.js';
import { Link } from './link.js';
import type { ClientState, ClosedReason, OpenState } from './link.js';
import { makeMessage } from './message.js';
import type { Message } from './message.js';
import { resolveOptions } from './options.js';
import type { ClientOptions, ResolvedOptions } from './options.js';
import { Orders } from './orders.js';
import { Outbox } from './outbox.js';
import { Receipts } from './receipts.js';
import type { Sent } from './sent.js';
import { Standing } from './standing.js';
import { Journal } from './state/journal.js';
import { readState } from './state/saved-state.js';
import type { SavedState } from './state/saved-state.js';
import { Turn } from './turn.js';
import { uncaught } from './uncaught.js';

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
  private readonly standing = new Standing(this.events);
  private readonly turn: Turn;
  private readonly journal: Journal;
  private readonly link: Link;
  private readonly identity: Identity;
  // Out: what is asked for, what is not answered, what may leave.
  private readonly outbox: Outbox;
  private readonly orders: Orders;
  private readonly calls: Calls;
  private readonly controls: Controls;
  private readonly dispatch: Dispatch;
  // In: answers to what left, and messages.
  private readonly incoming: Incoming;
  private readonly answers: Answers;
  private readonly inbox = new Inbox();
  private readonly acks: Acks;
  private readonly source: MessageSource = {
    take: () => {
      const parts = this.inbox.take();
      return parts === undefined ? undefined : makeMessage(parts, (message) => this.markRead(message));
    },
    processed: () => this.acks.processed(),
    putBack: () => this.inbox.putBack(),
  };
  private consumer: Consumer | undefined;

  private readonly started: Promise<void>;
  private readonly finished: Promise<void>;
  private finish!: () => void;
  private stateIsOpen = false;
  private restored = false;
  private drained: (() => void) | undefined;

  /** @internal Use `connect`. */
  constructor(options: ResolvedOptions) {
    const { clock, onMessage } = options;
    const { events, standing, inbox } = this;
    this.options = options;
    this.finished = new Promise((resolve) => (this.finish = resolve));
    this.turn = new Turn(clock, () => this.onTurn());
    this.journal = new Journal(options.state, clock, this.turn, (error) => events.emit('error', error));
    this.link = new Link(options, {
      dialled: (token) => this.dispatch.hello(token, this.options),
      received: (bytes) => this.onBytes(bytes),
      lost: () => this.onLost(),
      refused: (reason, detail) => this.end(reason, new ClosedError(`${reason}: ${detail}`)),
      changed: (state) => this.standing.change(state),
      failed: (error) => this.events.emit('error', error),
    });
    const { turn, journal, link } = this;
    this.identity = new Identity(journal, link, options.user);
    this.outbox = new Outbox(options.outboxLimit);
    this.orders = new Orders(this.outbox, journal, turn, standing, options.cidBlock);
    this.calls = new Calls(clock, options.outboxLimit.messages);
    this.controls = new Controls(this.calls, link, turn, standing);
    this.answers = new Answers(this.outbox, new Receipts(options.receiptsTracked), journal, turn, events);
    this.acks = new Acks(inbox, journal, turn);
    const { identity, outbox, calls, controls, answers, acks } = this;
    this.dispatch = new Dispatch({ journal, link, identity, acks, controls, outbox, answers });
    this.incoming = new Incoming({
      link,
      inbox,
      answers,
      calls,
      events,
      clock,
      welcomed: (open, lastCid, welcomeLimits) => this.onWelcome(open, lastCid, welcomeLimits),
    });
    if (onMessage !== undefined) {
      this.consumer = new CallbackConsumer(this.source, onMessage, clock, (failure) =>
        events.emit('handlerError', failure),
      );
    }
    this.started = this.start();
  }

  /** How the client stands to its router now. */
  get state(): ClientState {
    return this.standing.state;
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
  ready(): Promise<void> {
    return this.standing.untilOpen();
  }

  /**
   * Sends a message. Goes on through lost connections until the router has answered; see `Sent` for how it settles.
   * @param to a user, a `#group` or a `$service`
   * @param options.ttl seconds after which it is given up undelivered: 1 to 2,592,000; default: never
   */
  send(to: string, body: Uint8Array | string, options: { readonly ttl?: number } = {}): Sent {
    return this.orders.send(to, body, options.ttl);
  }

  /**
   * Tells the sender that a person has read `message` and all before it of the same sender. Settles when the router
   * has taken it, at once where that was told before; rejects as `send` does.
   */
  markRead(message: Message): Promise<void> {
    return this.orders.markRead(message);
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
    if (this.standing.leaving) consumer.end(this.standing.endError());
    return consumer;
  }

  /**
   * Sends a passing word, as "is typing": it is not stored, and lost where the peer is away. At most 4,096 bytes.
   * Answers whether it left; it does not where there is no connection. Throws `ArgumentError`.
   */
  signal(peer: string, body: Uint8Array | string): boolean {
    return this.controls.signal(peer, body);
  }

  /** Calls `listener` at each signal from a peer. */
  onSignal(listener: (event: ClientEvents['signal']) => void): Unsubscribe {
    return this.on('signal', listener);
  }

  /** From now on the event `presence` tells when these users come and go, and once how they stand. Throws `ArgumentError`. */
  watch(users: readonly string[]): void {
    this.controls.watch(users, true);
  }

  /** Ends `watch` for these users. */
  unwatch(users: readonly string[]): void {
    this.controls.watch(users, false);
  }

  /**
   * Asks a service. Waits for a connection where there is none, is never sent twice. Rejects with `CallError`,
   * `ClosedError`, or `ArgumentError` where `args` cannot be encoded or are too large.
   * @param options.timeoutMs default 30,000
   */
  call(
    service: string,
    method: string,
    args: unknown,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<unknown> {
    return this.controls.call(service, method, args, options.timeoutMs ?? 30_000);
  }

  /**
   * Closes the client. With `drain` it first waits until every send is answered, the handler that runs has settled and
   * its ack has left, for at most `timeoutMs` (default 10,000); do not await that within `onMessage`. What is
   * unanswered then rejects with `ClosedError`, and is resent by the next client with the same `state`.
   */
  async close(options: { readonly drain?: boolean; readonly timeoutMs?: number } = {}): Promise<void> {
    if (!this.standing.leaving) {
      this.standing.closing = true;
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
      this.restore(readState(values));
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      this.end('state', cause);
      return;
    }
    this.journal.whenDurable(() => this.link.dial());
    this.turn.wake();
  }

  private restore(saved: SavedState): void {
    this.identity.restore(saved);
    this.restored = true;
    this.inbox.restore(saved.marks);
    this.dispatch.restore(saved.sendWindow);
    const sends = this.orders.restore(saved);
    if (sends.length > 0) this.events.emit('restored', sends);
  }

  /** Answers whether the client goes on. */
  private onWelcome(open: OpenState, lastCid: number, limits: WelcomeLimits): boolean {
    this.dispatch.welcomed(limits);
    const wrong = this.identity.welcomed(open.user, lastCid > this.orders.usedCid);
    if (wrong === undefined) {
      this.link.welcomed(open);
    } else {
      this.end('state', wrong);
    }
    return wrong === undefined;
  }

  private onBytes(bytes: Uint8Array): void {
    if (!this.incoming.read(bytes)) return;
    this.consumer?.wake();
    this.turn.wake();
  }

  /** Everything that one turn of the event loop brought, at once: one write of the state, one WebSocket message. */
  private onTurn(): void {
    if (!this.restored || this.standing.ended) return;
    this.orders.number();
    this.acks.ask();
    this.journal.kick();
    this.dispatch.flush();
    this.link.watchAnswers(this.outbox);
    this.checkDrained();
  }

  private onLost(): void {
    this.incoming.disconnected();
    this.inbox.disconnected();
    this.dispatch.disconnected();
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
      this.turn.wake();
    });
  }

  private checkDrained(): void {
    if (this.drained === undefined || this.outbox.size > 0 || !this.answers.allTold) return;
    if (this.link.open && !this.acks.complete) return;
    this.drained();
  }

  private end(reason: ClosedReason, error: Error | undefined): void {
    if (this.standing.ended) return;
    this.standing.state = { name: 'closed', reason, error };
    this.link.end();
    const closed = this.standing.closedError();
    if (this.restored) this.orders.keepUnnumbered();
    for (const entry of this.outbox.clear()) entry.sent.settle(closed);
    this.calls.end(closed);
    this.consumer?.end(this.standing.endError());
    const stored = this.stateIsOpen ? this.journal.close() : Promise.resolve();
    stored
      .catch((failure: unknown) => this.events.emit('error', failure))
      .then(() => {
        this.answers.tellAll();
        this.finish();
      })
      .catch(uncaught);
    this.events.emit('state', this.standing.state);
  }
}
