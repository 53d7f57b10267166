import type { WebSocket } from 'ws';
import { FrameWriter } from '@mailbeam/protocol';
import type { PocketEntry, PocketSender, PocketState } from './pocket-disk.js';

interface Unanswered {
  readonly cid: number;
  /** undefined while it waits; '' = accepted, else the code of its rejection. */
  code: string | undefined;
}

/** One connection of {@link PocketRouter}. */
export class PocketSession {
  readonly writer = new FrameWriter();
  readonly user: string;
  readonly client: string;
  readonly sender: PocketSender;
  readonly #window: number;
  readonly #socket: WebSocket;
  /** Messages that wait are the mailbox's entries with a key above it. */
  #handedKey = -1;
  #seq = 0;
  unacked: { seq: number; entry: PocketEntry }[] = [];
  #unanswered: Unanswered[] = [];

  constructor(socket: WebSocket, user: string, client: string, sender: PocketSender, window: number) {
    this.#socket = socket;
    this.user = user;
    this.client = client;
    this.sender = sender;
    this.#window = window;
  }

  get hasRoom(): boolean {
    return this.unacked.length < this.#window;
  }

  holds(entry: PocketEntry): boolean {
    return this.unacked.some((unacked) => unacked.entry === entry);
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  expect(cid: number): void {
    this.#unanswered.push({ cid, code: undefined });
  }

  /** Tells the client, in cid order, what is answered. */
  answer(cid: number, code: string): void {
    const waiting = this.#unanswered.find((unanswered) => unanswered.cid === cid);
    if (waiting === undefined || waiting.code !== undefined) return;
    waiting.code = code;
    let accepted = 0;
    while (this.#unanswered[0]?.code !== undefined) {
      const first = this.#unanswered.shift() as Unanswered;
      if (first.code === '') accepted = first.cid;
      else {
        if (accepted > 0) this.writer.accepted(accepted, Date.now());
        accepted = 0;
        this.writer.rejected(first.cid, first.code as 'invalid', '');
      }
    }
    if (accepted > 0) this.writer.accepted(accepted, Date.now());
    this.flush();
  }

  /** Hands out what waits, as the window allows; `swapped` hands out one message before the one that is due. */
  pump(state: PocketState, swapped: (first: PocketEntry, second: PocketEntry) => boolean): void {
    const waiting = state.mailbox(this.user).filter((entry) => entry.key > this.#handedKey && !isOver(entry));
    for (let i = 0; i < waiting.length && this.hasRoom; i++) {
      const [entry, next] = [waiting[i] as PocketEntry, waiting[i + 1]];
      if (next !== undefined && this.unacked.length + 1 < this.#window && swapped(entry, next)) {
        waiting[i] = next;
        waiting[i + 1] = entry;
      }
      this.#hand(waiting[i] as PocketEntry);
    }
    this.flush();
  }

  flush(): void {
    if (this.writer.length > 0 && this.#socket.readyState === this.#socket.OPEN) this.#socket.send(this.writer.take());
    else this.writer.reset();
  }

  #hand(entry: PocketEntry): void {
    const seq = ++this.#seq;
    this.#handedKey = Math.max(this.#handedKey, entry.key);
    this.unacked.push({ seq, entry });
    const { origin, cid, ts } = entry;
    if (entry.kind === 0) this.writer.deliver(seq, entry.from, origin, cid, ts, entry.body, 0, entry.body.length);
    else this.writer.receipt(seq, entry.peer, entry.kind, origin, cid, ts, entry.kind === 3 ? 'expired' : '');
  }
}

export function isOver(entry: PocketEntry): boolean {
  return entry.kind === 0 && entry.expiresAt > 0 && entry.expiresAt <= Date.now();
}
