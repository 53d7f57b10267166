import { decodeAny, FrameWriter, readServerFrames } from '@mailbeam/protocol';
import type { SendOptions, ServerFrameVisitor } from '@mailbeam/protocol';
import { MemoryStore } from '@mailbeam/store/memory';
import type { CrashReport } from '@mailbeam/actors';
import type { AnyService } from '../services/service-version.js';
import session from '../behaviours/session.js';
import { builtIn, onlyVersion } from '../built-in.js';
import { SystemClock } from '../clock.js';
import { Core } from '../core.js';
import type { CoreLimits } from '../core-options.js';
import type { Room } from '../disk-room.js';
import { authenticateOpen } from '../login.js';
import type { InterceptorTrouble } from '../interceptors/interceptor-host.js';
import type { InterceptorLimits } from '../interceptors/interceptor-limits.js';
import type { ClientSocket } from '../port/client-socket.js';
import type { Port } from '../port/port.js';
import type { SessionModule } from '../port/session-shell.js';
import { SingleNodePlacement } from '../seams/placement.js';
import { LoopbackTransport } from '../seams/transport.js';
import type { Offloader } from '../services/offloader.js';
import type { OnDeadLetter } from '../services/service-desk.js';
import type { ServiceLimits } from '../services/service-limits.js';

/** A clock that only moves when it is told to. */
export class StillClock extends SystemClock {
  override wall = 1_700_000_000_000;
  override mono = 1_000;

  override tick(): void {}

  override stopwatch(): number {
    return this.mono;
  }

  advance(ms: number): void {
    this.wall += ms;
    this.mono += ms;
  }
}

/** The limits of the protocol (protocol, "Limits"). */
export const testLimits: CoreLimits = {
  maxMessageBytes: 262_144,
  maxBodyBytes: 261_120,
  sendWindow: 256,
  rate: 0,
  receipts: 10_000,
  window: 4_096,
  inflightBytes: 4 << 20,
  backpressureBytes: 1 << 20,
  maxAttempts: 3,
  signalRate: 500,
  watch: 1_000,
  mailboxMessages: 100_000,
  mailboxBytes: 64 << 20,
  hellosWaiting: 20_000,
  helloTimeoutMs: 5_000,
  slowConsumerMs: 30_000,
  presenceAwayMs: 3_000,
  clientKeptMs: 30 * 86_400_000,
};

/** What a test may choose of its node; by default an empty store, a clock that stands still and the session that runs. */
export interface TestNodeOptions {
  readonly store?: MemoryStore;
  readonly clock?: StillClock;
  readonly limits?: Partial<CoreLimits>;
  readonly session?: SessionModule;
  readonly commitDelayMs?: number;
  readonly room?: Room;
  readonly interceptorLimits?: InterceptorLimits;
  /** Services that run, as they are. */
  readonly services?: readonly AnyService[];
  readonly serviceLimits?: Partial<ServiceLimits>;
  readonly offloader?: Offloader;
  readonly onDeadLetter?: OnDeadLetter;
}

/** A router core whose turns, flushes and clock the test moves by hand: everything happens when the test says so. */
export class TestNode {
  readonly clock: StillClock;
  readonly store: MemoryStore;
  readonly core: Core;
  readonly crashes: CrashReport[] = [];
  readonly troubles: InterceptorTrouble[] = [];
  #turn: (() => void) | null = null;

  constructor(options: TestNodeOptions = {}) {
    this.clock = options.clock ?? new StillClock();
    this.store = options.store ?? new MemoryStore();
    this.core = new Core({
      store: this.store,
      placement: new SingleNodePlacement('test'),
      transport: new LoopbackTransport('test'),
      authenticate: authenticateOpen,
      session: options.session ?? (session as unknown as SessionModule),
      limits: { ...testLimits, ...options.limits },
      commitDelayMs: options.commitDelayMs ?? 5,
      eraseDelayMs: options.commitDelayMs ?? 5,
      ...(options.room && { room: options.room }),
      ...(options.interceptorLimits === undefined ? {} : { interceptorLimits: options.interceptorLimits }),
      onInterceptorTrouble: (trouble) => this.troubles.push(trouble),
      clock: this.clock,
      scheduleLater: () => ({ cancel: () => undefined }), // a turn sees what is due on the test's clock
      schedule: (turn) => {
        this.#turn = turn;
      },
      onCrash: (report) => this.crashes.push(report),
      services: {
        limits: options.serviceLimits ?? {},
        ...(options.offloader && { offloader: options.offloader }),
        ...(options.onDeadLetter && { onDeadLetter: options.onDeadLetter }),
      },
    });
    for (const service of options.services ?? []) this.core.services.start(onlyVersion(builtIn('service', service)));
  }

  /** Runs turns until none is asked for; flushes nothing. */
  run(): void {
    for (let turn = this.#turn; turn !== null; turn = this.#turn) {
      this.#turn = null;
      turn();
    }
  }

  /** Flushes the oldest commit under way, and runs what that causes. False when there was none. */
  async flush(): Promise<boolean> {
    this.run();
    const flushed = this.store.flushNext();
    await settled();
    this.run();
    return flushed;
  }

  /** Runs and flushes until nothing is left to do without the clock. */
  async settle(): Promise<void> {
    this.run();
    while (await this.flush());
  }

  /** Moves the clock, ticks, runs and flushes. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    this.core.tick();
    await this.settle();
  }

  /** SIGKILL: what is not flushed is gone, every connection is cut. A new node starts on what is left. */
  crash(options: Omit<TestNodeOptions, 'store' | 'clock'> = {}): TestNode {
    this.core.commits.close();
    return new TestNode({ ...options, store: this.store.crash(), clock: this.clock });
  }

  /** A connection; says HELLO where a user is given. */
  connect(user?: string, opts: { client?: string; window?: number } = {}): TestClient {
    const client = new TestClient(this);
    if (user !== undefined) client.write((w) => w.hello(user, opts));
    return client;
  }

  /** A connection that has been welcomed. */
  async login(user: string, opts: { client?: string; window?: number } = { client: 'c' }): Promise<TestClient> {
    const client = this.connect(user, opts);
    await this.settle();
    return client;
  }
}

/** Lets promises that are settled call back. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

/** A frame as the router sent it, with what tests look at. */
export type ServerFrame =
  | { op: 'welcome'; user: string; origin: number; lastCid: number; pending: number }
  | { op: 'accepted'; cid: number }
  | { op: 'rejected'; cid: number; code: string; retryAfterMs: number }
  | { op: 'deliver'; seq: number; from: string; origin: number; cid: number; body: string }
  | { op: 'receipt'; seq: number; peer: string; kind: number; origin: number; cid: number; code: string; upTo: number }
  | { op: 'signal'; peer: string; body: string }
  | { op: 'presence'; user: string; online: boolean }
  | { op: 'reply'; rid: number; ok: boolean; result: unknown }
  | { op: 'error'; code: string }
  | { op: 'goodbye'; reason: string; retryAfterMs: number };

/** A client on a socket that lives in memory: what it wrote arrives at once, what it is sent is kept decoded. */
export class TestClient implements ClientSocket {
  readonly frames: ServerFrame[] = [];
  /** Frames of each WebSocket message. */
  readonly messages: ServerFrame[][] = [];
  closedWith: { code: number; reason: string } | null = null;
  bufferedBytes = 0;
  readonly port: Port;
  readonly #node: TestNode;
  readonly #writer = new FrameWriter();

  constructor(node: TestNode) {
    this.#node = node;
    this.port = node.core.connected(this);
  }

  /** Sends one WebSocket message. */
  write(frames: (writer: FrameWriter) => void): void {
    frames(this.#writer);
    this.raw(this.#writer.take());
  }

  raw(bytes: Uint8Array): void {
    this.#node.core.received(this.port, bytes);
  }

  send1(cid: number, to: string, body = `m${cid}`, options: SendOptions = {}): void {
    this.write((w) => w.send(cid, to, Buffer.from(body), options));
  }

  ack(seq: number): void {
    this.write((w) => w.ack(seq));
  }

  /** The connection breaks. */
  cut(): void {
    this.port.closed();
  }

  send(bytes: Uint8Array): void {
    const frames = decodeServer(bytes);
    this.frames.push(...frames);
    this.messages.push(frames);
  }

  end(code: number, reason: string): void {
    if (this.closedWith !== null) return;
    this.closedWith = { code, reason };
    this.port.closed();
  }

  /** Frames of one kind. */
  of<Op extends ServerFrame['op']>(op: Op): Extract<ServerFrame, { op: Op }>[] {
    return this.frames.filter((f): f is Extract<ServerFrame, { op: Op }> => f.op === op);
  }

  get acceptedUpTo(): number {
    return Math.max(0, ...this.of('accepted').map((f) => f.cid));
  }

  get bodies(): string[] {
    return this.of('deliver').map((f) => f.body);
  }
}

/** The frames of one WebSocket message of the router. @throws Error for a bad one */
export function decodeServer(bytes: Uint8Array): ServerFrame[] {
  const frames: ServerFrame[] = [];
  const text = (start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString();
  const visitor: ServerFrameVisitor = {
    welcome: (user, _session, origin, lastCid, pending) =>
      void frames.push({ op: 'welcome', user, origin, lastCid, pending }),
    accepted: (cid) => void frames.push({ op: 'accepted', cid }),
    rejected: (cid, code, _detail, retryAfterMs) => void frames.push({ op: 'rejected', cid, code, retryAfterMs }),
    deliver: (seq, from, origin, cid, _ts, start, end) =>
      void frames.push({ op: 'deliver', seq, from, origin, cid, body: text(start, end) }),
    receipt: (seq, peer, kind, origin, cid, _ts, code, upTo) =>
      void frames.push({ op: 'receipt', seq, peer, kind, origin, cid, code, upTo }),
    signal: (peer, start, end) => void frames.push({ op: 'signal', peer, body: text(start, end) }),
    presence: (user, online) => void frames.push({ op: 'presence', user, online }),
    reply: (rid, ok, start, end) => void frames.push({ op: 'reply', rid, ok, result: decodeAny(bytes, start, end) }),
    error: (code) => void frames.push({ op: 'error', code }),
    goodbye: (reason, retryAfterMs) => void frames.push({ op: 'goodbye', reason, retryAfterMs }),
  };
  const wrong = readServerFrames(bytes, visitor);
  if (wrong !== undefined) throw new Error(`the router sent a bad frame: ${wrong.detail}`);
  return frames;
}
