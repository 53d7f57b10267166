import { Op } from '@mailbeam/protocol';
import { StillClock, TestNode } from '@mailbeam/router/test-kit';
import type { TestNodeOptions } from '@mailbeam/router/test-kit';
import type { SessionModule } from '@mailbeam/router';
import session from '@mailbeam/router/session';
import { GoodClient } from './good-client.js';
import type { Sent } from './good-client.js';
import type { Step } from './step.js';

/** A small quota and window, so that few steps reach every limit. */
const limits = { mailboxMessages: 4, sendWindow: 4 } as const;
/** Rounds that the end of a run may need until nothing is left to do. */
const MAX_ROUNDS = 60;

/** What is wrong with a run: one sentence each; empty when every promise was kept. */
export type Violations = readonly string[];

/**
 * Runs steps against a router core on a store whose flushes the steps decide, then lets everybody come back and finish,
 * and checks what docs/semantics.md promises from the clients' own books.
 */
export async function explore(steps: readonly Step[], users: number): Promise<Violations> {
  const world = new World(users);
  for (const step of steps) await world.step(step);
  await world.finish();
  return world.violations;
}

class World {
  readonly violations: string[] = [];
  readonly #clients: GoodClient[];
  readonly #options: Omit<TestNodeOptions, 'store' | 'clock'>;
  #node: TestNode;
  /** Frames that crash their session, by `user:cid`, and how often they will. */
  readonly #bombs = new Map<string, number>();
  #crashes = 0;
  #purges = 0;

  constructor(users: number) {
    this.#clients = Array.from(
      { length: users },
      (_, n) => new GoodClient(`u${n}`, (what) => this.violations.push(what)),
    );
    for (const client of this.#clients) {
      client.onReceipt = (frame, mine) => {
        for (const sent of mine) {
          if (sent.failed && sent.kind === 'send' && !this.#client(sent.to).hasGot(sent.body)) sent.failedUnseen = true;
          if (frame.kind === 3) continue;
          if (sent.kind === 'send' && sent.to === frame.peer && sent.cid <= frame.cid)
            this.#mustHaveArrived(client, sent);
        }
      };
    }
    this.#options = { limits, session: this.#bombable() };
    this.#node = new TestNode({ ...this.#options, clock: new StillClock() });
  }

  /** "`peer` has taken every message up to `cid`, but for those that failed or were rejected." */
  #mustHaveArrived(client: GoodClient, sent: Sent): void {
    if (sent.answer === 'rejected' || sent.failed) return;
    if (this.#client(sent.to).hasGot(sent.body)) return;
    this.#toldTooSoon.push([client.user, sent]);
  }

  /** Receipts that came before their message: fine if that one turns out to have failed or to be rejected. */
  readonly #toldTooSoon: [string, Sent][] = [];

  #client(user: string): GoodClient {
    return this.#clients[Number(user.slice(1))]!;
  }

  /** The real session, which now and then throws: before or after it has decided. */
  #bombable(): SessionModule {
    const real = session as unknown as { handleMessage(frame: unknown, state: unknown, self: unknown): unknown };
    const module = {
      ...(session as unknown as object),
      handleMessage: (
        frame: { op: number; cid?: number },
        state: { port: { user: string } },
        self: unknown,
      ): unknown => {
        if (frame.op !== Op.SEND && frame.op !== Op.READ) return real.handleMessage(frame, state, self);
        const key = `${state.port.user}:${frame.cid}`;
        const left = this.#bombs.get(key) ?? 0;
        if (left > 0) {
          this.#bombs.set(key, left - 1);
          if (left % 2 === 0) real.handleMessage(frame, state, self);
          throw new Error('planted crash');
        }
        return real.handleMessage(frame, state, self);
      },
    };
    return module as unknown as SessionModule;
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'connect':
        this.#connect(this.#clients[step.user]!, step);
        break;
      case 'cut':
        this.#clients[step.user]!.cut(step.lose);
        break;
      case 'send': {
        const sent = this.#clients[step.user]!.send(this.#clients[step.to]!.user, step.ttl);
        if (sent !== undefined && step.bombs > 0) this.#bombs.set(`u${step.user}:${sent.cid}`, step.bombs);
        break;
      }
      case 'read': {
        const sent = this.#clients[step.user]!.read(step.bombs);
        if (sent !== undefined && step.bombs > 0) this.#bombs.set(`u${step.user}:${sent.cid}`, step.bombs);
        break;
      }
      case 'receive':
        this.#clients[step.user]!.receive(step.messages);
        break;
      case 'ack':
        this.#clients[step.user]!.ack(step.share);
        break;
      case 'run':
        this.#node.run();
        break;
      case 'flush':
        await this.#node.flush();
        break;
      case 'pass':
        this.#node.clock.advance(step.ms);
        this.#node.core.tick();
        this.#node.run();
        break;
      case 'purge':
        this.#purges++;
        void this.#node.core.purge(this.#clients[step.user]!.user, () => true);
        break;
      case 'fail':
        this.#node.store.failNextCommit();
        break;
      case 'crash':
        this.#crash(step.lose);
        break;
      default:
        step satisfies never;
    }
    if (this.#node.core.ledger.imbalance !== 0)
      this.violations.push(`the ledger is off by ${this.#node.core.ledger.imbalance}`);
  }

  /** A client with unanswered requests cannot lose its state: nobody could say what they came to. */
  #connect(client: GoodClient, { window, fresh, bombs }: Extract<Step, { do: 'connect' }>): void {
    client.connect(this.#node, window, fresh && !client.waiting);
    const first = client.firstUnanswered;
    if (first !== undefined && bombs > 0) this.#bombs.set(`${client.user}:${first.cid}`, bombs);
  }

  #crash(lose: boolean): void {
    this.#crashes++;
    for (const client of this.#clients) client.lost(lose);
    this.#node = this.#node.crash(this.#options);
  }

  /** Everybody comes back, takes what waits and resends what is unanswered, until nothing is left to do. */
  async finish(): Promise<void> {
    let quiet = 0;
    for (let round = 0; round < MAX_ROUNDS && quiet < 3; round++) {
      for (const client of this.#clients) if (client.connection === null) client.connect(this.#node, 256, false);
      await this.#node.pass(2_000);
      for (const client of this.#clients) {
        client.receive(Infinity);
        client.ack(1);
      }
      await this.#node.pass(20);
      const { ledger, commits } = this.#node.core;
      const done = ledger.pending === 0 && commits.clean && this.#clients.every((c) => this.#hasAll(c));
      quiet = done ? quiet + 1 : 0;
    }
    this.#check();
    // what the store holds must be enough to start from
    this.#crash(false);
    const { store } = this.#node;
    const off = imbalanceOf(this.#node);
    if (off !== 0 || store.pending.messages !== 0) {
      this.violations.push(`after a restart ${store.pending.messages} are pending, the ledger is off by ${off}`);
    }
  }

  #hasAll(client: GoodClient): boolean {
    if (!client.ready || client.waiting) return false;
    return this.#node.core.mailbox(client.user)?.receiptsWaiting === 0;
  }

  #check(): void {
    const { ledger, commits } = this.#node.core;
    if (ledger.pending !== 0) this.violations.push(`${ledger.pending} messages are still pending`);
    if (!commits.clean) this.violations.push('the commit loop did not come to rest');
    const off = ledger.storeImbalance(this.#node.store);
    if (off !== 0) this.violations.push(`the ledger on disk is off by ${off}`);
    for (const client of this.#clients) {
      const left = this.#node.store.receipts(client.user).length;
      if (left > 0) this.violations.push(`${left} receipts of ${client.user} are left on disk`);
      for (const sent of client.sent) this.#checkSent(client, sent);
    }
    for (const [user, sent] of this.#toldTooSoon) {
      if (!sent.failed && sent.answer !== 'rejected')
        this.violations.push(`${user}: a receipt for ${sent.body} came before ${sent.to} had it`);
    }
    for (const client of this.#clients) this.#checkOrder(client);
  }

  #checkSent(client: GoodClient, sent: Sent): void {
    const lost = client.isLost(sent);
    const arrived = sent.kind === 'send' && this.#client(sent.to).hasGot(sent.body);
    const name = sent.kind === 'send' ? sent.body : `READ ${sent.cid}`;
    if (sent.answer === 'none' && !sent.failed && !lost)
      this.violations.push(`${client.user}: ${name} was never answered`);
    if (sent.kind === 'read') return;
    if (sent.answer === 'rejected' && arrived)
      this.violations.push(`${client.user}: ${name} was rejected and delivered`);
    const toldNobody = lost && (sent.ttl || this.#purges > 0 || this.#bombs.size > 0);
    if (sent.answer === 'accepted' && !sent.failed && !arrived && !toldNobody)
      this.violations.push(`${client.user}: ${name} was accepted and lost`);
    if (sent.failed && arrived && !sent.ttl && this.#purges === 0 && this.#crashes === 0) {
      this.violations.push(`${client.user}: ${name} failed and was delivered`);
    }
    if (sent.failedUnseen && arrived) this.violations.push(`${client.user}: ${name} was delivered after it had failed`);
    if (arrived && !sent.receipted && !sent.failed && !lost && sent.answer === 'accepted') {
      this.violations.push(`${client.user}: ${name} was delivered and its sender not told`);
    }
  }

  /** Per pair the order is the sender's `cid`. */
  #checkOrder(client: GoodClient): void {
    const last = new Map<string, number>();
    for (const { from, origin, cid, body } of client.got) {
      const pair = `${origin}.${from}`;
      if (cid <= (last.get(pair) ?? 0)) this.violations.push(`${client.user} got ${body} out of order`);
      last.set(pair, cid);
    }
  }
}

function imbalanceOf(node: TestNode): number {
  return node.core.ledger.imbalance + node.core.ledger.storeImbalance(node.store);
}
