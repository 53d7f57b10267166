import { expect, test } from '@jest/globals';
import { randomFrom } from '@mailbeam/actors/test-kit';
import { settled, TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const RUNS = 300;
const STEPS = 250;
const NAMES = ['ann', 'bob', 'cid'] as const;

/** A client that keeps what has no ACCEPTED, and sends it again when it comes back (semantics 4.1). */
class Client {
  readonly name: string;
  readonly #node: TestNode;
  #connection: TestClient | null = null;
  #unanswered: { cid: number; to: string }[] = [];
  #cid = 0;
  #read = 0;
  #toAck = 0;
  /** Of this connection. */
  #seen = new Set<string>();
  /** Acked, in a frame that the router may not have handled. */
  #acking: string[] = [];
  /** Everything that it has taken, by sender, origin and cid. */
  readonly #taken = new Set<string>();
  #arrived: string[] = [];
  readonly #doubtful = new Set<string>();

  constructor(name: string, node: TestNode) {
    this.name = name;
    this.#node = node;
  }

  get isOn(): boolean {
    return this.#connection !== null && this.#connection.closedWith === null;
  }

  /** @param isHasty sends what has no answer before it is welcomed, and so has to send all of it */
  login(isHasty: boolean, window: number): void {
    if (this.isOn) return;
    this.#connection = this.#node.connect(this.name, { client: this.name, window });
    this.#read = 0;
    this.#seen = new Set();
    this.#arrived = [];
    this.#toAck = 0;
    if (isHasty) this.#resend();
    else this.#resendsAtWelcome = true;
    this.look();
  }

  #resendsAtWelcome = false;

  #resend(): void {
    for (const { cid, to } of this.#unanswered)
      this.#connection!.write((w) => w.send(cid, to, Buffer.from(String(cid)), { again: true }));
  }

  send(to: string): void {
    if (!this.isOn || this.#resendsAtWelcome) return;
    const cid = ++this.#cid;
    this.#unanswered.push({ cid, to });
    this.#connection!.send1(cid, to);
  }

  /** Acks a part of what has come. */
  ack(share: number): void {
    if (!this.isOn || this.#arrived.length === 0) return;
    const count = Math.ceil(this.#arrived.length * share);
    for (const id of this.#arrived.splice(0, count)) if (id !== '') this.#acking.push(id);
    this.#toAck += count;
    this.#connection!.ack(this.#toAck);
  }

  /** The router has handled all that came. */
  acksHandled(): void {
    for (const id of this.#acking) this.#taken.add(id);
    this.#acking = [];
  }

  cut(): void {
    // as with every client that is cut off, the router may or may not have them
    for (const id of this.#acking) this.#doubtful.add(id);
    this.#acking = [];
    this.#connection?.cut();
    this.#connection = null;
    this.#resendsAtWelcome = false;
  }

  /** Reads what the router has sent. */
  look(): void {
    const connection = this.#connection;
    if (connection === null) return;
    for (; this.#read < connection.frames.length; this.#read++) {
      const frame = connection.frames[this.#read]!;
      if (frame.op === 'welcome') {
        this.#answered(frame.lastCid);
        if (this.#resendsAtWelcome) this.#resend();
        this.#resendsAtWelcome = false;
      } else if (frame.op === 'accepted') this.#answered(frame.cid);
      else if (frame.op === 'receipt') this.#arrived.push('');
      else if (frame.op === 'deliver') {
        const id = `${frame.from} ${frame.origin} ${frame.cid}`;
        if (this.#seen.has(id)) throw new Error(`${this.name} got ${id} twice on a connection`);
        if (this.#taken.has(id)) throw new Error(`${this.name} got ${id} again after its ack`);
        this.#seen.add(id);
        this.#arrived.push(id);
      }
    }
  }

  #answered(cid: number): void {
    this.#unanswered = this.#unanswered.filter((sent) => sent.cid > cid);
  }

  get isAnswered(): boolean {
    return this.#unanswered.length === 0;
  }

  get sent(): number {
    return this.#cid;
  }

  get takenCount(): number {
    return new Set([...this.#taken, ...this.#doubtful]).size;
  }
}

async function world(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const node = new TestNode({ commitDelayMs: pick([0, 5, 20]) });
  const clients = NAMES.map((name) => new Client(name, node));
  const flush = async (): Promise<void> => {
    node.store.flushNext();
    await settled();
  };
  /** Goes and comes back, and a flush or not between any two things that it does. */
  const comeBack = async (client: Client): Promise<void> => {
    const isHasty = random() < 0.5;
    const doings = [
      () => client.cut(),
      () => client.login(isHasty, 64),
      () => client.send(pick(NAMES)),
      run,
      () => client.cut(),
    ];
    for (const doing of doings) {
      if (random() < 0.8) doing();
      client.look();
      if (random() < 0.4) await flush();
    }
  };
  const run = (): void => {
    node.run();
    for (const client of clients) client.acksHandled();
  };
  const steps: (() => void | Promise<void>)[] = [
    () => comeBack(pick(clients)),
    () => comeBack(pick(clients)),
    () => pick(clients).send(pick(NAMES)),
    () => pick(clients).send(pick(NAMES)),
    () => pick(clients).ack(random()),
    () => pick(clients).ack(1),
    () => pick(clients).cut(),
    () => pick(clients).login(random() < 0.5, pick([1, 4, 64])),
    run,
    // what a commit causes and what comes from sockets meets in one turn
    flush,
    async () => void (await node.flush()),
    () => node.clock.advance(pick([1, 5, 20])),
  ];
  for (let step = 0; step < STEPS; step++) {
    await pick(steps)();
    for (const client of clients) client.look();
  }
  for (const client of clients) {
    client.cut();
    client.login(true, 64);
  }
  for (let round = 0; round < 20; round++) {
    await node.pass(50);
    for (const client of clients) client.look();
    for (const client of clients) client.ack(1);
    await node.pass(50);
    for (const client of clients) client.acksHandled();
  }
  const sent = clients.reduce((sum, client) => sum + client.sent, 0);
  const taken = clients.reduce((sum, client) => sum + client.takenCount, 0);
  expect({ taken, answered: clients.every((client) => client.isAnswered) }).toEqual({ taken: sent, answered: true });
  expect(node.core.ledger.pending).toBe(0);
}

test('whoever comes, goes and sends again at whatever moment: each message is taken once, and acked once', async () => {
  const first = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  for (let run = 0; run < RUNS; run++) {
    try {
      await world(first + run);
    } catch (error) {
      throw new Error(`SEED=${first + run}: ${String((error as Error).message)}`, { cause: error });
    }
  }
});
