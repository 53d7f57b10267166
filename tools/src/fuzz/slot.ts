import type { CaseMessage, CaseView } from './case-view.js';
import { ConnectionModel } from './connection-model.js';
import type { ModelLimits } from './connection-model.js';
import { isGreeting, makeCase, randomOf } from './make-case.js';
import { arr, bin, bool, encode, map, str, uint } from './msgpack.js';
import type { Node } from './msgpack.js';
import { UserModel } from './user-model.js';
import type { Asked } from './user-model.js';
import { Wire } from './wire.js';

/** A case whose answer was not the predicted one. */
export interface FuzzFailure {
  readonly number: number;
  readonly kind: string;
  /** Expected and actual, in words. */
  readonly wrong: string;
  readonly messages: readonly CaseMessage[];
  /** Cases that the same connection, or its user, saw before it, oldest first. */
  readonly before: readonly number[];
}

export interface SlotOptions {
  readonly port: number;
  readonly seed: number;
  /** Distinguishes the users of slots; two of them differ in several bytes, so that no damaged name is another's. */
  readonly name: string;
  readonly limits: ModelLimits;
  /** How long everything that must come may take. */
  readonly settleMs: number;
}

/** What a slot has done. */
export interface SlotCounts {
  cases: number;
  greetings: number;
  closed: number;
  /** Cases for which the protocol names no answer. */
  free: number;
  connections: number;
  resent: number;
  readonly kinds: Map<string, number>;
}

/** After so many unacked entries they are acked at once; well below the window. */
const MAX_UNACKED = 12;
const LEAST_WINDOW = 64;
/** More than that without an answer is not resent: the user is given up. */
const MAX_RESENT = 16;

/** Runs cases one after the other: over one connection as long as no case ends it, and over one user as long as it lasts. */
export class Slot {
  readonly counts: SlotCounts = {
    cases: 0,
    greetings: 0,
    closed: 0,
    free: 0,
    connections: 0,
    resent: 0,
    kinds: new Map(),
  };
  readonly #options: SlotOptions;
  #users = 0;
  #greeters = 0;
  #user: UserModel;
  #wire: Wire | undefined;
  #before: number[] = [];

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#user = this.#newUser();
  }

  /** Runs a case; what is wrong, if anything, is about it, or about what was left of the one before. */
  async run(number: number): Promise<FuzzFailure | undefined> {
    this.counts.cases++;
    try {
      return await this.#run(number);
    } catch (error) {
      return this.#fail(
        number,
        'connect',
        `no connection: ${error instanceof Error ? error.message : String(error)}`,
        [],
      );
    }
  }

  async #run(number: number): Promise<FuzzFailure | undefined> {
    const { seed } = this.#options;
    if (isGreeting(seed, number)) return this.#greet(number);
    const wire = this.#wire?.isOpen === true ? this.#wire : undefined;
    if (wire === undefined) {
      const wrong = await this.#connect(number);
      if (wrong !== '') return this.#fail(number, 'reconnect', wrong, []);
    }
    return this.#perform(number, this.#wire!, this.#user);
  }

  /** Ends its connection. */
  end(): void {
    this.#wire?.drop();
  }

  async #greet(number: number): Promise<FuzzFailure | undefined> {
    this.counts.greetings++;
    const { port, limits, name } = this.#options;
    const user = `${name}-greeter-${threefold(++this.#greeters)}`;
    const model = new ConnectionModel(limits, (token, client) =>
      token === user ? new UserModel(token, client) : undefined,
    );
    const wire = await this.#open(port, model);
    const view = { user, origin: 1, seq: 0, ackedSeq: 0, highCid: 0, lastCid: 0, watched: [], limits };
    const { kind, messages } = makeCase(this.#options.seed, number, view);
    this.#count(kind);
    await sendAll(wire, messages, () => model.user === undefined && wire.send(hello(user, 'later', 8)));
    const wrong = await wire.settled();
    this.#countEnd(model);
    wire.drop();
    return wrong === '' ? undefined : { number, kind, wrong, messages, before: [] };
  }

  async #perform(number: number, wire: Wire, user: UserModel): Promise<FuzzFailure | undefined> {
    const { model } = wire;
    const random = randomOf(this.#options.seed, -number);
    if (model.unacked > MAX_UNACKED || random.chance(0.3)) this.#ack(wire);
    const { kind, messages } = makeCase(this.#options.seed, number, this.#view(model, user));
    this.#count(kind);
    await sendAll(wire, messages);
    const wrong = await wire.settled();
    this.#countEnd(model);
    if (wrong !== '') return this.#fail(number, kind, wrong, messages);
    this.#before.push(number);
    if (model.isFree || model.spent) this.#giveUp();
    else if (model.closed) this.#wire = undefined;
    return undefined;
  }

  #ack(wire: Wire): void {
    const { model } = wire;
    if (model.unacked > 0) wire.send(encode(arr(uint(7), uint(model.seq))));
  }

  /** A connection for the user: HELLO, everything that waits for it, and everything again that had no answer. */
  async #connect(number: number): Promise<string> {
    const { port, limits, seed } = this.#options;
    const user = this.#user;
    const unanswered = user.history.filter(({ answer }) => answer === '');
    if (unanswered.length > MAX_RESENT) {
      this.#giveUp();
      return this.#connect(number);
    }
    const random = randomOf(seed, -number - 0x40000000);
    const model = new ConnectionModel(limits, () => user);
    const wire = await this.#open(port, model);
    this.#wire = wire;
    wire.send(hello(user.name, user.client, random.between(LEAST_WINDOW, 4_096)));
    wire.fence();
    const wrong = await wire.settled();
    if (wrong !== '') return `after a reconnect: ${wrong}`;
    // now and then also what has an answer: it gets the same one
    const known = random.chance(0.2) ? user.history.slice(-random.between(1, 8)) : [];
    const again = user.history.filter((asked) => unanswered.includes(asked) || known.includes(asked));
    if (again.length === 0) return '';
    this.counts.resent += again.length;
    wire.send(Buffer.concat(again.map(resend)));
    wire.fence();
    const answers = await wire.settled();
    return answers === '' ? '' : `after a resend: ${answers}`;
  }

  async #open(port: number, model: ConnectionModel): Promise<Wire> {
    this.counts.connections++;
    return Wire.open(port, model, this.#options.settleMs);
  }

  #view(model: ConnectionModel, user: UserModel): CaseView {
    const { seq, ackedSeq, lastCid, watched, limits } = model;
    return { user: user.name, origin: user.origin, seq, ackedSeq, highCid: user.highCid, lastCid, watched, limits };
  }

  #newUser(): UserModel {
    this.#before = [];
    const n = ++this.#users;
    return new UserModel(`${this.#options.name}-${threefold(n)}`, `client-${n}`);
  }

  /** Goes on as somebody else. */
  #giveUp(): void {
    this.#wire?.drop();
    this.#wire = undefined;
    this.#user = this.#newUser();
  }

  #fail(number: number, kind: string, wrong: string, messages: readonly CaseMessage[]): FuzzFailure {
    const before = this.#before.slice(-30);
    this.#giveUp();
    return { number, kind, wrong, messages, before };
  }

  #count(kind: string): void {
    this.counts.kinds.set(kind, (this.counts.kinds.get(kind) ?? 0) + 1);
  }

  #countEnd(model: ConnectionModel): void {
    if (model.isFree) this.counts.free++;
    else if (model.closed) this.counts.closed++;
  }
}

/** Two of them differ in several bytes: a damaged name is not that of another user of the slot, who would get what nobody predicts. */
const threefold = (n: number): string => `${n}-${n}-${n}`;

/**
 * Sends the messages of a case, and a fence behind them where the connection is to stay open. What ends a connection as a
 * message, not as a frame, says nothing of the messages before it: these are waited for.
 */
async function sendAll(
  wire: Wire,
  messages: readonly CaseMessage[],
  beforeFence = (): unknown => undefined,
): Promise<void> {
  const { model } = wire;
  for (const message of messages) {
    const endsAsMessage = message.as === 'text' || message.bytes.length > model.limits.maxMessage;
    if (endsAsMessage && model.welcomed) {
      wire.fence();
      if ((await wire.settled()) !== '') return;
    }
    wire.sendMessage(message);
    if (model.closes.length > 0) return;
  }
  beforeFence();
  wire.fence();
}

function hello(token: string, client: string, window: number): Buffer {
  return encode(arr(uint(1), str(token), map([str('client'), str(client)], [str('window'), uint(window)])));
}

function resend({ cid, resend: request }: Asked): Buffer {
  const again: readonly [Node, Node] = [str('again'), bool(true)];
  if (request.op === 9) {
    const { from, origin, upTo } = request;
    return encode(arr(uint(9), uint(cid), str(from), uint(origin), uint(upTo), map(again)));
  }
  const { to, body, ttl } = request;
  return encode(
    arr(uint(3), uint(cid), str(to), bin(body), map(again, ...(ttl === -1 ? [] : [[str('ttl'), uint(ttl)] as const]))),
  );
}
