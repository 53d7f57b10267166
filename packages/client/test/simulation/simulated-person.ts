import { connect, memoryState } from '../../src/index.js';
import type { Client, Message, StateStore } from '../../src/index.js';
import { readState } from '../../src/state/saved-state.js';
import { FakeClock } from '../fake-clock.js';
import type { SimulatedNet, Wire } from './simulated-net.js';

/** What one person's application knows. */
export interface Book {
  /** Of each body sent: how it ended. */
  readonly ended: Map<string, 'accepted' | 'rejected'>;
  /** Bodies shown, with the sender's `cid`, in order. */
  shown: { readonly from: string; readonly origin: number; readonly cid: number; readonly text: string }[];
  /** Bodies sent and neither answered nor lost in a kill. */
  readonly open: Set<string>;
  /** What happened that may not. */
  readonly wrong: string[];
}

/** An application over the SDK: its writes, its handler, its turns and its death are the test's to decide. */
export class SimulatedPerson {
  readonly name: string;
  readonly book: Book = { ended: new Map(), shown: [], open: new Set(), wrong: [] };
  private readonly net: SimulatedNet;
  private readonly disk = memoryState();
  private readonly window: number;
  private clock = new FakeClock(true);
  private client!: Client;
  private wires: Wire[] = [];
  private held: (() => void)[] = [];
  private handling: { settle: () => void; fail: () => void } | undefined;
  private generation = 0;
  private count = 0;

  constructor(name: string, net: SimulatedNet, window: number) {
    this.name = name;
    this.net = net;
    this.window = window;
    this.start();
  }

  send(to: string, refused: boolean): void {
    const text = `${this.name} ${to} ${++this.count}${refused ? '!' : ''}`;
    this.follow(text, this.client.send(to, text));
  }

  runTurns(): boolean {
    return this.clock.runTurns();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets one write of the saved state become durable; false where none waits. */
  store(): boolean {
    const next = this.held.shift();
    next?.();
    return next !== undefined;
  }

  /** Lets the handler that runs settle, or throw; false where none runs. */
  handle(fail: boolean): boolean {
    const { handling } = this;
    this.handling = undefined;
    if (fail) handling?.fail();
    else handling?.settle();
    return handling !== undefined;
  }

  get wire(): Wire | undefined {
    return this.wires.at(-1);
  }

  /** The program dies and starts again with what was durable. */
  async kill(): Promise<void> {
    this.generation++;
    this.held = [];
    this.handling = undefined;
    this.clock = new FakeClock(true);
    for (const wire of this.wires.splice(0)) wire.close();
    await this.disk.close();
    const saved = readState(await this.disk.open());
    await this.disk.close();
    // What is not stored is lost, with an answer that was never told; what was shown and not stored may come again.
    const stored = new Set(
      saved.unanswered.map(([, order]) => (order.kind === 'send' ? new TextDecoder().decode(order.body) : '')),
    );
    for (const text of this.book.open) if (!stored.has(text)) this.book.open.delete(text);
    this.book.shown = this.book.shown.filter(({ from, origin, cid }) =>
      saved.marks.some((mark) => mark.from === from && mark.origin === origin && mark.cid >= cid),
    );
    this.restored = saved.unanswered.map(([cid, order]) => [
      cid,
      order.kind === 'send' ? new TextDecoder().decode(order.body) : '',
    ]);
    this.start();
  }

  private restored: (readonly [cid: number, text: string])[] = [];

  private start(): void {
    const { generation, disk } = this;
    const alive = (): boolean => this.generation === generation;
    const state: StateStore = {
      open: () => disk.open(),
      write: async (changes) => {
        await new Promise<void>((resolve) => {
          if (alive()) this.held.push(resolve);
        });
        await disk.write(changes);
      },
      close: () => disk.close(),
    };
    this.client = connect({
      url: 'ws://simulated',
      token: this.name,
      state,
      clock: this.clock,
      random: () => 0.5,
      window: this.window,
      cidBlock: 3,
      webSocket: this.net.socketConstructor((wire) => this.wires.push(wire)),
      onMessage: (message) => this.onMessage(message),
    });
    this.client.on('restored', (list) => {
      if (!alive()) return;
      for (const { cid, sent } of list) {
        const text = this.restored.find(([number]) => number === cid)?.[1] ?? '';
        this.follow(text, sent);
      }
    });
    this.client.on('error', (error) => this.book.wrong.push(`error: ${String(error)}`));
    this.client.on('state', (now) => {
      if (alive() && now.name === 'closed') this.book.wrong.push(`closed: ${now.reason}`);
    });
  }

  private follow(text: string, sent: PromiseLike<unknown>): void {
    const { generation } = this;
    this.book.open.add(text);
    const end = (how: 'accepted' | 'rejected'): void => {
      if (this.generation !== generation) return;
      if (this.book.ended.has(text) && this.book.ended.get(text) !== how) this.book.wrong.push(`two answers: ${text}`);
      this.book.open.delete(text);
      this.book.ended.set(text, how);
    };
    void sent.then(
      () => end('accepted'),
      (error: { code?: string }) => {
        if (error.code === 'mailbox_full') end('rejected');
        else if (this.generation === generation) this.book.wrong.push(`${text}: ${error.code}`);
      },
    );
  }

  private onMessage(message: Message): Promise<void> {
    const { generation } = this;
    return new Promise((resolve, reject) => {
      this.handling = {
        settle: () => {
          if (this.generation !== generation) return;
          const { from, origin, cid } = message;
          this.book.shown.push({ from, origin, cid, text: message.text() });
          if (cid % 2 === 0) void message.markRead();
          resolve();
        },
        fail: () => reject(new Error('the handler fails')),
      };
    });
  }
}
