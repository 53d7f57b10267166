import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Protocol from '@mailbeam/protocol';
import type * as Router from '@mailbeam/router';
import type { ClientSocket, Core, Port, SessionModule } from '@mailbeam/router';
import { testLimits } from '@mailbeam/router/test-kit';
import type * as Store from '@mailbeam/store/memory';

/** The compiled modules of one copy of the checkout. */
export interface Copy {
  readonly router: typeof Router;
  readonly store: typeof Store;
  readonly protocol: typeof Protocol;
  readonly session: SessionModule;
}

/** Loads a copy; two of them share nothing but third-party packages. @param root its root */
export async function loadCopy(root: string): Promise<Copy> {
  const load = async <T>(file: string): Promise<T> => (await import(pathToFileURL(join(root, file)).href)) as T;
  const { default: session } = await load<{ default: unknown }>('packages/router/dist/behaviours/session.js');
  return {
    router: await load<typeof Router>('packages/router/dist/index.js'),
    store: await load<typeof Store>('packages/store/dist/memory-store.js'),
    protocol: await load<typeof Protocol>('packages/protocol/dist/index.js'),
    session: session as SessionModule,
  };
}

class User implements ClientSocket {
  readonly bufferedBytes = 0;
  readonly port: Port;
  /** The last number of an entry that it was given, and the last that it has acked. */
  seq = 0;
  constructor(core: Core) {
    this.port = core.connected(this);
  }
  send(): void {}
  end(code: number, reason: string): void {
    throw new Error(`a connection was closed with ${code} ${reason}`);
  }
}

/**
 * A router without sockets and disk, and users in a ring: each sends to the next, takes what comes, and acks it. A round is what the row
 * `online` does over sockets, at its densest: what is left is the router's own code.
 */
export class CoreRing {
  readonly core: Core;
  readonly #users: readonly User[];
  readonly #unanswered: number;
  readonly #writer;
  readonly #body: Uint8Array;
  #turn: (() => void) | null = null;
  #cid = 0;

  constructor({ router, store, protocol, session }: Copy, users: number, unanswered: number, bodyBytes: number) {
    this.#unanswered = unanswered;
    this.#writer = new protocol.FrameWriter();
    this.#body = new Uint8Array(bodyBytes);
    const node = 'bench';
    this.core = new router.Core({
      store: new store.MemoryStore({ auto: true }),
      placement: new router.SingleNodePlacement(node),
      transport: new router.LoopbackTransport(node),
      authenticate: router.authenticateOpen,
      session,
      limits: testLimits,
      commitDelayMs: 1_000,
      schedule: (turn) => (this.#turn = turn),
    });
    this.#users = Array.from({ length: users }, () => new User(this.core));
  }

  /** Logs everybody in. */
  async login(): Promise<void> {
    for (const [i, user] of this.#users.entries()) {
      this.#writer.hello(name(i), { window: 256 });
      this.core.received(user.port, this.#writer.take());
    }
    while (this.#users.some((user) => user.port.phase !== 'open')) await this.#settle();
  }

  /** Messages of a round. */
  get messages(): number {
    return this.#users.length * this.#unanswered;
  }

  /** Everybody sends to the next, and all is acked; with it what came of the round before. */
  async round(): Promise<void> {
    const users = this.#users;
    for (const [i, user] of users.entries()) {
      if (user.seq > 0) this.#writer.ack(user.seq); // the receipt of the round before
      for (let n = 1; n <= this.#unanswered; n++)
        this.#writer.send(this.#cid + n, name((i + 1) % users.length), this.#body);
      this.core.received(user.port, this.#writer.take());
    }
    this.#cid += this.#unanswered;
    this.#run();
    for (const user of users) {
      user.seq += this.#unanswered;
      this.#writer.ack(user.seq);
      this.core.received(user.port, this.#writer.take());
    }
    this.#run();
    for (const user of users) user.seq++; // one receipt for all of them
    await this.#settle();
  }

  /** What is delivered for good. */
  get delivered(): number {
    return this.core.ledger.delivered;
  }

  async #settle(): Promise<void> {
    this.#run();
    await new Promise((resolve) => setImmediate(resolve));
    this.#run();
  }

  #run(): void {
    for (let turn = this.#turn; turn !== null; turn = this.#turn) {
      this.#turn = null;
      turn();
    }
  }
}

const names: string[] = [];
const name = (i: number): string => (names[i] ??= `user-${i}`);
