import { randomFrom } from '@mailbeam/actors/test-kit';
import { defineService } from '@mailbeam/handler';
import { expect, test } from '@jest/globals';
import { settled, TestNode } from '../../src/test-kit/test-node.js';
import { Person } from '../person.js';

const RUNS = 150;
const STEPS = 120;
const USERS = ['alice', 'bob', 'carol'] as const;

/** A person who keeps what was not answered, and sends it again after a reconnect. */
class Asker extends Person {
  #seen = 0;
  #cid = 0;
  readonly unanswered = new Map<number, string>();
  /** What gets no reply. */
  readonly silent = new Set<number>();
  readonly replies = new Set<string>();
  readonly failed = new Set<number>();
  readonly rejected = new Set<number>();

  override connect(node: TestNode): void {
    super.connect(node);
    this.#seen = 0;
    for (const [cid, body] of this.unanswered) this.#send(cid, body, true);
  }

  send(kind: string): void {
    const cid = ++this.#cid;
    const body = `${kind} ${this.name} ${cid}`;
    if (kind === 'silent') this.silent.add(cid);
    this.unanswered.set(cid, body);
    if (this.client !== null) this.#send(cid, body, false);
  }

  #send(cid: number, body: string, again: boolean): void {
    this.client!.send1(cid, '$echo', body, again ? { again } : {});
  }

  read(acks: boolean): void {
    const { client } = this;
    if (client === null) return;
    for (const frame of client.frames.slice(this.#seen)) {
      if (frame.op === 'accepted')
        for (const cid of this.unanswered.keys()) if (cid <= frame.cid) this.unanswered.delete(cid);
      if (frame.op === 'rejected') {
        this.rejected.add(frame.cid);
        this.unanswered.delete(frame.cid);
      }
      if (frame.op === 'deliver') this.replies.add(frame.body);
      if (frame.op === 'receipt' && frame.kind === 3) this.#fail(frame.cid);
    }
    this.#seen = client.frames.length;
    if (acks) this.ack();
  }

  #fail(cid: number): void {
    this.failed.add(cid);
    this.unanswered.delete(cid);
  }

  get sent(): number {
    return this.#cid;
  }
}

interface Handled {
  readonly from: string;
  readonly cid: number;
}

/** One random life of a service among crashes of it, of connections and of the node. */
async function live(random: () => number, state: 'shared' | 'caller'): Promise<void> {
  const handled: Handled[] = [];
  const waiting: (() => void)[] = [];
  const service = defineService({
    name: 'echo',
    version: '1',
    state,
    init: () => undefined,
    async handleMessage(message, _state, ctx) {
      const body = message.text();
      if (body.startsWith('silent')) return void handled.push(message);
      ctx.reply(message, body);
      if (body.startsWith('slow')) await new Promise<void>((done) => waiting.push(done));
      if (body.startsWith('poison') || (body.startsWith('shaky') && random() < 0.3)) throw new Error('oops');
      handled.push(message);
    },
  });
  const options = { services: [service], serviceLimits: { window: 4, callerWindow: 4 } };
  let node = new TestNode(options);
  const people = USERS.map((name) => new Asker(name));
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const turn = async (acks: boolean): Promise<void> => {
    node.run();
    await settled();
    node.run();
    for (const person of people) person.read(acks);
    node.run();
  };
  const release = (): void => {
    for (const done of waiting.splice(0)) done();
  };

  for (let step = 0; step < STEPS; step++) {
    const dice = random();
    if (dice < 0.4) pick(people).send(pick(['echo', 'echo', 'silent', 'slow', 'shaky', 'poison']));
    else if (dice < 0.5) pick(people).connect(node);
    else if (dice < 0.53) pick(people).cut();
    else if (dice < 0.7) await node.flush();
    else if (dice < 0.8) {
      node.clock.advance(Math.floor(random() * 400));
      node.core.tick();
    } else if (dice < 0.88) waiting.shift()?.();
    else if (dice < 0.9) {
      for (const person of people) person.cut();
      node = node.crash(options);
    }
    await turn(random() < 0.7);
    expect(node.core.ledger.imbalance).toBe(0);
  }

  for (const person of people) person.connect(node);
  for (let i = 0; i < 1_000 && (i < 20 || node.core.ledger.pending > 0); i++) {
    release();
    await node.pass(500);
    await turn(true);
  }
  for (let i = 0; i < 5; i++) {
    await node.pass(500);
    await turn(true);
  }
  expect(node.core.ledger).toMatchObject({ pending: 0, imbalance: 0 });
  expect(node.core.ledger.storeImbalance(node.store)).toBe(0);
  for (const person of people) expectAll(person, handled);
}

/** Each message ended: handled with its effect, or failed; and those of one person were handled in order. */
function expectAll(person: Asker, handled: readonly Handled[]): void {
  const own = handled.filter(({ from }) => from === person.name).map(({ cid }) => cid);
  const first = own.filter((cid, i) => own.indexOf(cid) === i);
  expect(first).toEqual([...first].sort((a, b) => a - b));
  expect([...person.unanswered]).toEqual([]);
  expect([...person.rejected]).toEqual([]);
  const done = new Set(own);
  for (let cid = 1; cid <= person.sent; cid++)
    expect(done.has(cid) || person.failed.has(cid) ? 'ended' : cid).toBe('ended');
  const bodies = [...person.replies].map((body) => body.split(' '));
  for (const [kind, , cid] of bodies) expect([kind, done.has(Number(cid))]).toEqual([kind, true]);
  const answered = new Set(bodies.map(([, , cid]) => Number(cid)));
  // what failed may have been handled before a SIGKILL, or by a handling that was given up
  const owed = own.filter((cid) => !person.silent.has(cid) && !person.failed.has(cid));
  expect(owed.filter((cid) => !answered.has(cid))).toEqual([]);
}

test.each(['shared', 'caller'] as const)(
  'no effect of a message is lost, none comes of a crashed handling, and the books balance (state %s)',
  async (state) => {
    const first = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    for (let run = 0; run < RUNS; run++) {
      try {
        await live(randomFrom(first + run), state);
      } catch (error) {
        throw new Error(`SEED=${first + run}: ${String((error as Error).message)}`, { cause: error });
      }
    }
  },
  60_000,
);
