import { createSystem } from '@mailbeam/actors';
import type { ActorSystem, Pid } from '@mailbeam/actors';
import type { MailboxStore } from '@mailbeam/store';
import type { MailboxStatistics, NodeHistograms } from '@mailbeam/telemetry';
import { Admission } from './admission.js';
import { builtIn, onlyVersion } from './built-in.js';
import { ClientSweep } from './client-sweep.js';
import { SystemClock } from './clock.js';
import { CommitLoop } from './commit/commit-loop.js';
import type { CoreLimits, CoreOptions, CoreTelemetry } from './core-options.js';
import { endlessRoom } from './disk-room.js';
import type { Room } from './disk-room.js';
import { Interceptors } from './interceptors/interceptors.js';
import { Ledger } from './ledger.js';
import { Logins } from './login.js';
import type { Authenticate } from './login.js';
import { Census } from './mailbox/census.js';
import { UnfoundResends } from './mailbox/unfound-resends.js';
import type { PurgedPart } from './mailbox/endings.js';
import { MailboxMeter } from './mailbox/mailbox-meter.js';
import type { Mailbox } from './mailbox/mailbox.js';
import { Mailboxes } from './mailbox/mailboxes.js';
import { Rejections } from './mailbox/rejections.js';
import type { Message } from './mailbox/request.js';
import type { Sender } from './mailbox/sender.js';
import type { ClientSocket } from './port/client-socket.js';
import { Connections } from './port/connections.js';
import type { PortFrame } from './port/frames.js';
import { Inlet } from './port/inlet.js';
import { Port } from './port/port.js';
import type { AckTaker, PortHost } from './port/port-host.js';
import { SpareWriters } from './port/spare-writers.js';
import { Presence } from './presence.js';
import { Dispatch } from './routing/dispatch.js';
import { Outbox } from './routing/outbox.js';
import { noOffloader } from './services/offloader.js';
import { noDeadLetters, silentLog } from './services/service-desk.js';
import { Services } from './services/services.js';
import { Sessions } from './sessions.js';
import type { Traces } from './traces/traces.js';

/** Expired messages that are failed in one go. */
const DUE_AT_ONCE = 1_000;
const ERASE_DELAY_MS = 250;

/**
 * A router without its sockets: ports, sessions, mailboxes and commits, driven turn by turn. A turn runs the actors, hands
 * over what they sent, starts a commit if one is due, and flushes every port that has something to say.
 */
export class Core implements PortHost {
  readonly store: MailboxStore;
  readonly clock: SystemClock;
  readonly limits: CoreLimits;
  readonly ledger: Ledger;
  readonly meter: MailboxMeter;
  readonly commits: CommitLoop;
  readonly rejections: Rejections;
  readonly unfoundResends: UnfoundResends;
  readonly outbox: Outbox;
  readonly dispatch = new Dispatch(this);
  readonly presence: Presence;
  readonly system: ActorSystem;
  readonly inlet = new Inlet();
  readonly writers = new SpareWriters();
  readonly authenticate: Authenticate;
  readonly room: Room;
  readonly commitDelayMs: number;
  readonly eraseDelayMs: number;
  readonly admission: Admission;
  readonly #logins: Logins;
  readonly sessions: Sessions;
  readonly interceptors: Interceptors;
  readonly services: Services;
  readonly #mailboxes: Mailboxes;
  readonly #schedule: (turn: () => void) => void;
  readonly #onCommitFailed: (error: unknown, retryMs: number) => void;
  #scheduled = false;
  #runActors: (() => void) | null = null;
  #dirty: Port[] = [];
  #acking: AckTaker[] = [];
  readonly #connections: Connections;
  readonly #clientSweep: ClientSweep;
  #sessionSerial = 0;
  readonly #sessionListeners = new Set<(port: Port) => void>();
  /** Of actors, since the start. */
  crashes = 0;
  #telemetry: CoreTelemetry | null = null;
  #census: Census | null = null;
  /** Null: nobody traces. */
  traces: Traces | null = null;

  constructor(options: CoreOptions) {
    const { store, placement, transport, limits } = options;
    this.store = store;
    this.limits = limits;
    this.clock = options.clock ?? new SystemClock();
    this.#connections = new Connections(limits);
    this.authenticate = options.authenticate;
    this.room = options.room ?? endlessRoom;
    this.commitDelayMs = options.commitDelayMs;
    this.eraseDelayMs = options.eraseDelayMs ?? ERASE_DELAY_MS;
    this.#schedule = options.schedule ?? ((turn) => void setImmediate(turn));
    this.#onCommitFailed = options.onCommitFailed ?? (() => {});
    this.ledger = new Ledger(store.ledger, store.pending.messages);
    this.meter = new MailboxMeter(this.clock);
    this.commits = new CommitLoop(this);
    this.rejections = new Rejections(this.commits);
    this.unfoundResends = new UnfoundResends(limits.sendWindow);
    this.outbox = new Outbox(placement, transport);
    this.presence = new Presence(this.clock, limits.presenceAwayMs, (user) => this.#isOpen(user));
    this.#mailboxes = new Mailboxes(this);
    this.#logins = new Logins(this);
    this.#clientSweep = new ClientSweep(this);
    this.admission = new Admission(
      limits.hellosWaiting,
      ({ port, token, client }) => this.#logins.begin(port, token, client),
      () => this.wake(),
    );
    transport.listen((_from, batch) => this.#mailboxes.receive(batch));
    this.system = createSystem({
      now: () => this.clock.mono,
      stopwatch: () => this.clock.stopwatch(),
      heartbeat: options.heartbeat ?? null,
      ...(options.scheduleLater && { scheduleLater: options.scheduleLater }),
      schedule: (run) => {
        this.#runActors = run;
        this.wake();
      },
      onCrash: (report) => {
        this.crashes++;
        this.sessions.crashed(report);
        options.onCrash?.(report);
      },
      onSupervisorReport: ({ event, behaviour, version, at }) => {
        if (event === 'restarted') this.#telemetry?.restarts.restarted(behaviour, version, at);
      },
    });
    this.sessions = new Sessions(this.system, onlyVersion(builtIn('session', options.session)), () => this.openPorts());
    this.interceptors = new Interceptors(
      {
        maxBodyBytes: limits.maxBodyBytes,
        maxAttempts: limits.maxAttempts,
        hasService: (name) => this.services.has(name),
        attribute: (version) => this.system.attribute(version),
        onTrouble: options.onInterceptorTrouble ?? (() => undefined),
      },
      options.interceptorLimits,
    );
    this.services = new Services(this, {
      offloader: options.services?.offloader ?? noOffloader,
      logOf: options.services?.logOf ?? (() => silentLog),
      limits: options.services?.limits ?? {},
      onDeadLetter: options.services?.onDeadLetter ?? noDeadLetters,
    });
  }

  // ---- turns

  wake(): void {
    if (this.#scheduled) return;
    this.#telemetry?.busy();
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#readClock();
    this.#schedule(this.turn);
  }

  readonly turn = (): void => {
    this.#scheduled = false;
    this.#readClock();
    const telemetry = this.#telemetry;
    const startedAt = telemetry === null ? 0 : performance.now();
    this.admission.turn();
    const run = this.#runActors;
    this.#runActors = null;
    if (run !== null) run();
    else if (this.system.nextTimerAt <= this.clock.mono) this.system.runTurn();
    this.outbox.flush();
    this.#takeAcks();
    this.commits.poll();
    this.#flushPorts();
    this.meter.flush();
    telemetry?.histograms.turn.observe((performance.now() - startedAt) / 1_000);
  };

  #readClock(): void {
    this.clock.tick();
    this.#telemetry?.turn(this.clock.mono);
  }

  #takeAcks(): void {
    const takers = this.#acking;
    if (takers.length === 0) return;
    this.#acking = [];
    for (const taker of takers) taker.takeAcks();
    this.outbox.flush();
  }

  #flushPorts(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const port of dirty) port.flush();
  }

  /** What happens by the clock; the node calls it a few times a second. */
  tick(): void {
    this.#scheduleTurn(); // no wake: that the clock goes on is nothing that has come
    const { mono, wall } = this.clock;
    this.#connections.tick(mono);
    this.presence.tick();
    this.services.tick();
    this.#clientSweep.tick();
    if (this.sessions.mayBeLost) this.sessions.endLost(this.ports());
    for (const due of this.store.due(wall, DUE_AT_ONCE)) {
      const mailbox = this.open(due.user);
      mailbox.expire(due);
      this.release(mailbox);
    }
    this.meter.flush();
    this.#telemetry?.tick(mono, wall);
  }

  // ---- statistics

  get telemetry(): CoreTelemetry | null {
    return this.#telemetry;
  }

  get statistics(): MailboxStatistics | null {
    return this.meter.statistics;
  }

  get histograms(): NodeHistograms | null {
    return this.#telemetry === null ? null : this.#telemetry.histograms;
  }

  /** Tells this telemetry, from now on, what happens; what waits already is in it. Null: nobody, at no cost. */
  measureWith(telemetry: CoreTelemetry | null): void {
    this.#telemetry = telemetry;
    telemetry?.turn(this.clock.mono);
    this.meter.begin(telemetry, this.#mailboxes, this.ledger.pending);
    this.#census?.stop();
    this.#census = telemetry === null ? null : new Census(this, telemetry.statistics.keepFrom);
  }

  /** What tells the statistics of the deep mailboxes on disk, once somebody begins it; null: there are no statistics. */
  get census(): Census | null {
    return this.#census;
  }

  /** Has the messages that it samples traced from now on; null: none. */
  traceWith(traces: Traces | null): void {
    this.traces = traces;
    this.inlet.traces = traces;
  }

  // ---- mailboxes

  mailbox(name: string): Mailbox | undefined {
    return this.#mailboxes.get(name);
  }

  /** Those in memory; may be left at any time, and gone on with across turns. */
  mailboxes(): IterableIterator<Mailbox> {
    return this.#mailboxes[Symbol.iterator]();
  }

  get mailboxesInMemory(): number {
    return this.#mailboxes.size;
  }

  open(name: string): Mailbox {
    return this.#mailboxes.open(name);
  }

  release(mailbox: Mailbox): void {
    this.#mailboxes.release(mailbox);
  }

  releaseSender(sender: Sender): void {
    this.#logins.release(sender);
    this.release(sender.home);
  }

  committed(startedAt: number, messages: number): void {
    const { histograms } = this;
    if (histograms === null) return;
    histograms.commit.observe((this.clock.mono - startedAt) / 1_000);
    histograms.commitSize.observe(messages);
  }

  failed(error: unknown, retryMs: number): void {
    this.#onCommitFailed(error, retryMs);
  }

  get quotaMessages(): number {
    return this.limits.mailboxMessages;
  }

  get quotaBytes(): number {
    return this.limits.mailboxBytes;
  }

  get sendWindow(): number {
    return this.limits.sendWindow;
  }

  // ---- ports

  /** Every connection. */
  *ports(): IterableIterator<Port> {
    yield* this.#connections.unwelcomed;
    for (const { outlet } of [...this.#mailboxes]) if (outlet instanceof Port) yield outlet;
  }

  /** Every connection that is welcomed; may be left at any time, and go on across turns. */
  *openPorts(): IterableIterator<Port> {
    for (const { outlet } of this.#mailboxes) if (outlet instanceof Port) yield outlet;
  }

  /** A client has connected. */
  connected(socket: ClientSocket): Port {
    this.wake();
    const port = new Port(socket, this);
    this.#connections.connected(port);
    return port;
  }

  /** One binary WebSocket message; `bytes` are only lent. */
  received(port: Port, bytes: Uint8Array): void {
    this.wake();
    this.inlet.receive(port, bytes);
    this.meter.flush();
  }

  dirty(port: Port): void {
    this.#dirty.push(port);
    this.wake();
  }

  stalled(port: Port): void {
    this.#connections.stalled(port);
  }

  reads(port: Port): void {
    this.#connections.reads(port);
    if (!port.missedPresence) return;
    port.missedPresence = false;
    this.presence.tellAll(port, port.watched ?? []);
  }

  closed(port: Port): void {
    this.wake();
    this.#connections.closed(port);
    const { mailbox, sender } = port;
    this.sessions.end(port);
    if (port.watched !== null) this.presence.unwatch(port, port.watched);
    if (mailbox !== null && mailbox.outlet === port) {
      mailbox.detach(port.inFlight!);
      this.presence.went(mailbox.name);
    }
    if (sender !== null && sender.port === port) {
      sender.forget();
      this.releaseSender(sender);
    }
  }

  // ---- logins and sessions

  login(port: Port, token: string, client: string): void {
    this.#connections.greeted(port);
    this.admission.greeted(port, token, client);
  }

  welcome(port: Port, mailbox: Mailbox, sender: Sender): void {
    const { limits, clock } = this;
    this.#connections.welcomed(port);
    port.user = mailbox.name;
    port.mailbox = mailbox;
    port.sender = sender;
    mailbox.attach(port);
    port.out().welcome(
      mailbox.name,
      `${this.store.openings[0]!.toString(36)}-${(++this.#sessionSerial).toString(36)}`,
      sender.origin,
      sender.lastCid,
      mailbox.depth + mailbox.receiptsWaiting,
      {
        maxMessage: limits.maxMessageBytes,
        maxBody: limits.maxBodyBytes,
        sendWindow: limits.sendWindow,
        rate: limits.rate,
        watch: limits.watch,
      },
      clock.wall,
    );
    port.open();
    // at once: thousands may be welcomed in one turn, and each would hold a buffer until its end
    port.flush();
    this.presence.came(mailbox.name);
  }

  startSession(port: Port): void {
    this.sessions.begin(port);
  }

  sessionStarted(port: Port): void {
    for (const hear of this.#sessionListeners) hear(port);
  }

  give(port: Port, frame: PortFrame): void {
    this.system.send(port.session as Pid<PortFrame>, frame);
  }

  handOverFirst(taker: AckTaker): void {
    this.#acking.push(taker);
  }

  #isOpen(user: string): boolean {
    return this.portOf(user)?.phase === 'open';
  }

  // ---- for the admin interface

  /** The supervisors that nobody supervises. */
  get supervisors(): readonly Pid[] {
    return [this.sessions.supervisor, this.services.supervisor];
  }

  /** True for a user that is connected, ever was, or has something waiting. */
  knowsUser(name: string): boolean {
    const { store } = this;
    return this.#mailboxes.get(name) !== undefined || store.highestOrigin(name) > 0 || store.count(name).messages > 0;
  }

  /** The connection of a user, if it is welcomed. */
  portOf(user: string): Port | undefined {
    const outlet = this.#mailboxes.get(user)?.outlet;
    return outlet instanceof Port ? outlet : undefined;
  }

  /** Hears of every session that starts, for traces. Returns what ends it. */
  onSessionStart(hear: (port: Port) => void): () => void {
    this.#sessionListeners.add(hear);
    return () => this.#sessionListeners.delete(hear);
  }

  /**
   * Ends every waiting message of a mailbox that `matches`, a part a turn; resolves with their number once that is on disk
   * (semantics 8.4).
   */
  async purge(user: string, matches: (message: Message) => boolean): Promise<number> {
    let sum = 0;
    for (let after: number | null = 0; after !== null;) {
      this.wake();
      const mailbox = this.open(user);
      const { purged, next }: PurgedPart = mailbox.purge(matches, after);
      this.release(mailbox);
      sum += purged;
      after = next;
      if (purged > 0 || next === null) await new Promise<void>((resolve) => this.commits.whenFlushed(resolve));
      else await new Promise((resolve) => setImmediate(resolve));
    }
    return sum;
  }

  /** See {@link ReplayHost}. */
  newSender(home: Mailbox): Sender {
    return this.#logins.newSender(home);
  }

  /** Resolves when what was sent so far is on disk, and its answers leave (semantics 5.11). */
  async flush(): Promise<void> {
    this.commits.hurry();
    await new Promise<void>((resolve) => {
      this.commits.whenFlushed(resolve);
      this.wake();
    });
  }

  /** Resolves when nothing is left to be written; only once the last connection has closed does nothing come any more. */
  async flushAll(): Promise<void> {
    while (!this.commits.clean) await this.flush();
  }
}
