import { FrameWriter, NameCache, readServerFrames } from '@mailbeam/protocol';
import type { ServerFrameVisitor } from '@mailbeam/protocol';
import { setTimeout as delay } from 'node:timers/promises';
import { RawConnection } from '../load/raw-connection.js';

const names = new NameCache(4096);
const nothing = (): void => undefined;
const body = Buffer.from('7|hello');

/** What a visitor does while it is there. */
export interface VisitPlan {
  readonly port: number;
  readonly name: string;
  /** '' = none. */
  readonly client: string;
  readonly stayMs: number;
  /** Who is written to, and may be away. */
  readonly friends: readonly string[];
  /** Somebody who is online. */
  readonly online: string;
  /** Leaves with a WebSocket CLOSE, or just goes. */
  readonly polite: boolean;
}

/** What all visits did. */
export interface VisitCounts {
  visits: number;
  delivered: number;
  receipts: number;
  replies: number;
  rejected: number;
  failed: number;
}

/** One person comes, takes what waits, writes to some, asks a service, watches friends, and leaves. */
export async function visit(plan: VisitPlan, counts: VisitCounts): Promise<void> {
  const visitor = new Visitor(plan, counts);
  await visitor.come();
  await delay(plan.stayMs / 2);
  visitor.read();
  await delay(plan.stayMs / 2);
  visitor.leave();
  counts.visits++;
}

class Visitor {
  readonly #plan: VisitPlan;
  readonly #counts: VisitCounts;
  readonly #writer = new FrameWriter();
  #connection: RawConnection | undefined;
  #cid = 0;
  #seq = 0;
  #last: { readonly from: string; readonly origin: number; readonly cid: number } | undefined;
  #settle: ((error?: Error) => void) | undefined;

  constructor(plan: VisitPlan, counts: VisitCounts) {
    this.#plan = plan;
    this.#counts = counts;
  }

  /** Resolves at WELCOME. */
  async come(): Promise<void> {
    const { port, name, client } = this.#plan;
    this.#connection = await RawConnection.open({
      port,
      onMessage: (bytes) => this.#hear(bytes),
      onClose: (code, reason) => this.#settle?.(new Error(`${name} was not let in: ${code} ${reason}`)),
    });
    const welcomed = new Promise<void>((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.#writer.hello(name, { window: 64, agent: 'mailbeam soak', ...(client !== '' && { client }) });
    this.#flush();
    await welcomed;
    this.#talk();
  }

  /** Tells the sender of the last message that came that it was read. */
  read(): void {
    const last = this.#last;
    if (last !== undefined) this.#writer.read(++this.#cid, last.from, last.origin, last.cid);
    this.#flush();
  }

  leave(): void {
    if (this.#plan.polite) this.#connection!.close();
    else this.#connection!.reset();
  }

  #talk(): void {
    const { friends, online } = this.#plan;
    const writer = this.#writer;
    writer.watch([...friends, online], true);
    for (const friend of friends) writer.send(++this.#cid, friend, body);
    // nobody takes it in time, as a rule
    writer.send(++this.#cid, friends[0]!, body, { ttl: 2 });
    writer.send(++this.#cid, online, body);
    writer.send(++this.#cid, '$counter', body);
    writer.call(1, 'counter', 'total', {});
    writer.signal(online, body);
    this.#flush();
  }

  #flush(): void {
    if (this.#writer.length > 0) this.#connection!.send(this.#writer.take());
  }

  #hear(bytes: Uint8Array): void {
    const before = this.#seq;
    readServerFrames(bytes, this.#frames, names);
    if (this.#seq > before) this.#writer.ack(this.#seq);
    this.#flush();
  }

  readonly #frames: ServerFrameVisitor = {
    welcome: (_user, _session, _origin, lastCid) => {
      this.#cid = lastCid;
      this.#settle?.();
    },
    deliver: (seq, from, origin, cid) => {
      this.#seq = seq;
      this.#counts.delivered++;
      if (!from.startsWith('$')) this.#last = { from, origin, cid };
    },
    receipt: (seq, _peer, kind) => {
      this.#seq = seq;
      this.#counts.receipts++;
      if (kind === 3) this.#counts.failed++;
    },
    rejected: () => void this.#counts.rejected++,
    reply: () => void this.#counts.replies++,
    error: (code, detail) => this.#settle?.(new Error(`${this.#plan.name}: ERROR ${code} ${detail}`)),
    accepted: nothing,
    goodbye: nothing,
    signal: nothing,
    presence: nothing,
  };
}
