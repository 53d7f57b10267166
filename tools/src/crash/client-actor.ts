import { HighWater } from '@mailbeam/protocol';
import { makeBody } from './body.js';
import { ClientSocket } from './client-socket.js';
import type { ClientSocketEvents } from './client-socket.js';
import { composeMessage } from './compose.js';
import { EventLog } from './event-log.js';
import { Inbox } from './inbox.js';
import { Random } from './random.js';
import type { Role, UserPlan } from './scenario.js';
import { SenderState } from './sender-state.js';
import type { Outgoing } from './sender-state.js';
import type { World } from './world.js';

/** One connection and what belongs to it. */
interface Device {
  readonly socket: ClientSocket;
  readonly state: SenderState;
  readonly inbox: Inbox;
  /** Frames of the client may be sent: HELLO has left and what was unanswered was resent. */
  ready: boolean;
  welcomed: boolean;
  processing: boolean;
}

/** What a client has behind it when it begins to live. */
export interface ClientPast {
  readonly log: EventLog;
  readonly marks: HighWater;
  /** Those that name a `client`. */
  readonly states: readonly SenderState[];
  readonly lives: number;
  readonly conns: number;
}

/** Chance for each tick that a client drops its connection. */
const dropChance: Readonly<Record<Role, number>> = {
  steady: 0,
  slow: 0.004,
  flapper: 0.05,
  away: 0,
  visitor: 0.2,
  anonymous: 0.02,
  loser: 0.02,
  twin: 0.04,
  forgetful: 0.03,
};

/** How long a client stays away after it has dropped its connection, ms. */
const absenceMs: Readonly<Partial<Record<Role, readonly [number, number]>>> = { visitor: [50, 400], flapper: [1, 60] };

/**
 * One user who keeps to the protocol: resends what was not answered with the old cids and `again`, before anything new;
 * shows each message once; acks after it has processed. Everything that happens is in its log.
 */
export class ClientActor implements ClientSocketEvents {
  readonly log: EventLog;
  readonly #plan: UserPlan;
  readonly #world: World;
  readonly #random: Random;
  readonly #marks: HighWater;
  #states: SenderState[] = [];
  #lives = 0;
  #conns = 0;
  readonly #devices = new Map<ClientSocket, Device>();
  #current: Device | undefined;
  #toSend: number;
  #phase: 'traffic' | 'settling' | 'stopped' = 'traffic';
  #timer: NodeJS.Timeout | undefined;
  #connectTimer: NodeJS.Timeout | undefined;

  constructor(plan: UserPlan, world: World, past?: ClientPast) {
    this.#plan = plan;
    this.#world = world;
    this.#random = new Random(plan.seed);
    this.#toSend = plan.sends;
    this.log = past?.log ?? new EventLog(plan.name, world.clock);
    this.#marks = past?.marks ?? new HighWater();
    this.#lives = past?.lives ?? 0;
    this.#conns = past?.conns ?? 0;
    if (past !== undefined && past.states.length > 0) this.#states = [...past.states];
    else if (plan.role !== 'anonymous')
      this.#states = Array.from({ length: plan.role === 'twin' ? 2 : 1 }, () => this.#newState());
  }

  get name(): string {
    return this.#plan.name;
  }

  /** Begins to live; needs the router only from the first connection on. */
  start(): void {
    if (this.#plan.role !== 'away') this.#connectSoon(this.#random.between(0, 30));
    this.#tickSoon();
  }

  /** From now on: stay connected, send the rest, ack at once. */
  settle(): void {
    if (this.#phase !== 'traffic') return;
    this.#phase = 'settling';
    if (this.#current === undefined) this.#connectSoon(this.#random.between(0, 50));
    else this.#process(this.#current);
  }

  /** Ends all connections and does nothing more. */
  stop(): void {
    this.#phase = 'stopped';
    clearTimeout(this.#timer);
    clearTimeout(this.#connectTimer);
    for (const { socket } of this.#devices.values()) socket.end(false);
  }

  /** SENDs and READs on open connections without an answer. */
  get unanswered(): number {
    return this.#current?.ready === true ? this.#current.state.unanswered.length : 0;
  }

  /** Messages that came on open connections and are not acked. */
  get inFlight(): number {
    let count = 0;
    for (const { inbox } of this.#devices.values()) count += inbox.unackedMessages;
    return count;
  }

  /** Connected, everything sent and answered, everything processed. */
  get idle(): boolean {
    return (
      this.#current?.welcomed === true &&
      this.#toSend === 0 &&
      this.#current.inbox.unacked === 0 &&
      this.#states.every(({ unanswered }) => unanswered.length === 0) &&
      this.#current.state.unanswered.length === 0
    );
  }

  /** What keeps it from being {@link idle}, for reports. */
  get obstacle(): string {
    const states = this.#states.map(({ unanswered }) => unanswered.length).join('+');
    const current = this.#current;
    return `${this.name}: ${current === undefined ? 'not connected' : current.welcomed ? 'connected' : 'no WELCOME'}, to send ${this.#toSend}, unanswered ${states}, unacked ${current?.inbox.unacked ?? 0}`;
  }

  // What the sockets tell.

  opened(socket: ClientSocket): void {
    const device = this.#devices.get(socket) as Device;
    const { life, client } = device.state;
    const { window } = this.#plan;
    this.log.add(socket.conn, { what: 'hello', life, client, window });
    socket.writer.hello(this.name, client === '' ? { window } : { window, client });
    // A client need not wait for WELCOME, and some do not.
    if (client !== '' && this.#random.chance(0.2)) this.#resend(device);
    socket.flush();
  }

  welcome(socket: ClientSocket, origin: number, lastCid: number, pending: number): void {
    const device = this.#devices.get(socket) as Device;
    this.log.add(socket.conn, { what: 'welcome', origin, lastCid, pending });
    device.welcomed = true;
    if (!device.ready) this.#resend(device);
    this.#world.onWelcome();
  }

  accepted(socket: ClientSocket, cid: number): void {
    this.log.add(socket.conn, { what: 'accepted', cid });
    const elided = this.#devices.get(socket)?.state.accepted(cid) ?? 0;
    if (elided > 0) this.#world.onElided(elided);
  }

  rejected(socket: ClientSocket, cid: number, code: string): void {
    this.log.add(socket.conn, { what: 'rejected', cid, code });
    this.#devices.get(socket)?.state.rejected(cid);
  }

  deliver(socket: ClientSocket, seq: number, from: string, origin: number, cid: number, ts: number, id: number): void {
    this.log.add(socket.conn, { what: 'deliver', seq, from, origin, cid, ts, id });
    this.#arrived(socket, { from, origin, cid, id });
  }

  receipt(
    socket: ClientSocket,
    seq: number,
    peer: string,
    kind: number,
    origin: number,
    cid: number,
    code: string,
    upTo: number,
  ): void {
    this.log.add(socket.conn, { what: 'receipt', seq, peer, kind, origin, cid, code, upTo });
    // A receipt may be of another state of this user: then there is nothing here to settle.
    const life = this.log.lifeOf(origin);
    const state = [...this.#states, this.#devices.get(socket)?.state].find((known) => known?.life === life);
    if (kind === 3) state?.failed(peer, cid, Math.max(cid, upTo));
    else state?.delivered(peer, cid);
    this.#arrived(socket, undefined);
  }

  error(socket: ClientSocket, code: string, detail: string): void {
    this.log.add(socket.conn, { what: 'error', code, detail });
  }

  goodbye(socket: ClientSocket, reason: string): void {
    this.log.add(socket.conn, { what: 'goodbye', reason });
  }

  closed(socket: ClientSocket, code: number): void {
    this.log.add(socket.conn, { what: 'closed', code });
    this.#forgetDevice(socket);
    if (this.#phase !== 'stopped' && this.#current === undefined) this.#connectSoon(this.#random.between(2, 40));
  }

  // Connecting.

  #newState(): SenderState {
    const life = ++this.#lives;
    return new SenderState(life, this.#plan.role === 'anonymous' ? '' : `${life}-${this.#random.between(0, 2 ** 31)}`);
  }

  #connectSoon(ms: number): void {
    if (this.#plan.role === 'away' && this.#phase === 'traffic') return;
    clearTimeout(this.#connectTimer);
    this.#connectTimer = setTimeout(() => this.#connect(), ms);
  }

  /** Opens a connection; one that is still open is taken over by it. */
  #connect(): void {
    if (this.#phase === 'stopped') return;
    const socket = new ClientSocket(this.#world.url, ++this.#conns, this);
    const device: Device = {
      socket,
      state: this.#chooseState(),
      inbox: new Inbox(this.#marks),
      ready: false,
      welcomed: false,
      processing: false,
    };
    this.#devices.set(socket, device);
    this.#current = device;
  }

  #chooseState(): SenderState {
    if (this.#plan.role === 'anonymous') return this.#newState();
    const waiting =
      this.#phase === 'settling' ? this.#states.find(({ unanswered }) => unanswered.length > 0) : undefined;
    return waiting ?? this.#random.pick(this.#states);
  }

  /** The connection is gone, or will be; what the user's role makes of it. */
  #forgetDevice(socket: ClientSocket): void {
    const device = this.#devices.get(socket);
    this.#devices.delete(socket);
    if (device === undefined || device !== this.#current) return;
    this.#current = undefined;
    // What a client loses it loses with a connection that it had, not with each attempt.
    if (this.#phase !== 'traffic' || !device.welcomed) return;
    const { role } = this.#plan;
    if (role === 'forgetful' && this.#random.chance(0.5)) device.state.forget(this.#random.between(1, 60));
    if (role === 'loser' && this.#random.chance(0.4)) {
      this.log.add(socket.conn, { what: 'abandoned', life: device.state.life });
      this.#states = [this.#newState()];
    }
  }

  #drop(device: Device): void {
    const takeOver = this.#random.chance(0.35) && this.#plan.role !== 'visitor';
    if (takeOver) {
      // The old connection stays until the router closes it; what it still brings is processed.
      this.#current = undefined;
      this.#connectSoon(0);
      return;
    }
    this.#forgetDevice(device.socket);
    device.socket.end(this.#random.chance(0.5));
    const [low, high] = absenceMs[this.#plan.role] ?? [1, 30];
    this.#connectSoon(this.#random.between(low, high));
  }

  // Sending.

  #tickSoon(): void {
    const [low, high] = this.#plan.pauseMs;
    this.#timer = setTimeout(() => this.#tick(), this.#random.between(low, high));
  }

  #tick(): void {
    if (this.#phase === 'stopped') return;
    this.#tickSoon();
    const device = this.#current;
    if (device === undefined || !device.ready || !device.welcomed) return;
    for (let i = this.#random.between(1, this.#plan.burst); i > 0; i--) this.#sendOne(device);
    if (this.#phase === 'settling') this.#switchState(device);
    else if (this.#random.chance(dropChance[this.#plan.role])) this.#drop(device);
    else if (this.#plan.role === 'slow' && this.#random.chance(0.02)) device.socket.pause(this.#random.between(5, 150));
  }

  #sendOne(device: Device): void {
    const { state } = device;
    if (this.#toSend === 0 || state.room(this.#plan.unanswered) <= 0) return;
    this.#toSend--;
    const cid = state.takeCid(this.#random.chance(0.03));
    const outgoing = composeMessage(cid, this.#plan, this.#world, this.#random);
    state.unanswered.push(outgoing);
    this.#write(device, outgoing, false);
    this.#world.onSent();
  }

  /** A twin has to bring what its other device was not answered. */
  #switchState(device: Device): void {
    if (device.state.unanswered.length > 0 || this.#toSend > 0 || device.inbox.unacked > 0) return;
    if (this.#states.every(({ unanswered }) => unanswered.length === 0)) return;
    this.#forgetDevice(device.socket);
    device.socket.end(true);
    this.#connectSoon(0);
  }

  #resend(device: Device): void {
    device.ready = true;
    for (const outgoing of device.state.unanswered) this.#write(device, outgoing, true);
  }

  #write({ socket }: Device, outgoing: Outgoing, again: boolean): void {
    if (outgoing.kind === 'send') {
      const { cid, to, id, ttl, bytes, expect } = outgoing;
      // A large one leaves in a WebSocket message of its own, or that would be over `maxMessage`.
      if (socket.writer.length + bytes > 200_000) socket.flush();
      this.log.add(socket.conn, { what: 'send', cid, to, id, ttl, again, expect });
      socket.writer.send(cid, to, makeBody(id, bytes), { again, ...(ttl > 0 && { ttl }) });
    } else {
      const { cid, peer, origin, upTo } = outgoing;
      this.log.add(socket.conn, { what: 'read', cid, peer, origin, upTo, again });
      socket.writer.read(cid, peer, origin, upTo, again);
    }
    if (socket.writer.length > 200_000) socket.flush();
    else socket.flushSoon();
  }

  // Receiving.

  #arrived(socket: ClientSocket, entry: Parameters<Inbox['add']>[0]): void {
    const device = this.#devices.get(socket);
    if (device === undefined) return;
    device.inbox.add(entry);
    if (device.processing) return;
    device.processing = true;
    const process = (): void => {
      device.processing = false;
      this.#process(device);
    };
    if (this.#plan.ackMs === 0 || this.#phase === 'settling') setImmediate(process);
    else setTimeout(process, this.#random.between(0, this.#plan.ackMs));
  }

  #process(device: Device): void {
    if (!this.#devices.has(device.socket)) return;
    const all = this.#phase === 'settling' || this.#plan.role !== 'slow';
    const { shown, ackSeq } = device.inbox.process(all ? Infinity : this.#random.between(1, 40));
    if (ackSeq === 0) return;
    const { conn } = device.socket;
    for (const { id } of shown) this.log.add(conn, { what: 'shown', id });
    this.log.add(conn, { what: 'ack', seq: ackSeq });
    device.socket.writer.ack(ackSeq);
    device.socket.flushSoon();
    const last = shown.at(-1);
    if (
      last !== undefined &&
      device === this.#current &&
      device.ready &&
      device.welcomed &&
      this.#random.chance(this.#plan.readChance)
    )
      this.#markRead(device, last.from, last.origin, last.cid);
    if (device.inbox.unacked > 0 && !device.processing) {
      device.processing = true;
      setTimeout(
        () => {
          device.processing = false;
          this.#process(device);
        },
        this.#random.between(1, this.#plan.ackMs),
      );
    }
  }

  #markRead(device: Device, peer: string, origin: number, upTo: number): void {
    const { state } = device;
    if (state.room(256) <= 0) return;
    const outgoing: Outgoing = { kind: 'read', cid: state.takeCid(false), peer, origin, upTo };
    state.unanswered.push(outgoing);
    this.#write(device, outgoing, false);
  }
}
