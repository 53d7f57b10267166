import type { Inbox } from './inbox.js';
import type { Outgoing } from './outgoing.js';
import type { Journal } from './state/journal.js';
import { encodeMark, stateKey } from './state/saved-state.js';
import type { Turn } from './turn.js';

/** How far one connection is acked, as `seq`s: what is waiting for its marks, what may be said, what was said. */
interface Progress {
  asked: number;
  ready: number;
  sent: number;
}

/** What ACK may say: up to where everything is processed and the marks of what was processed are durable. */
export class Acks {
  private readonly inbox: Inbox;
  private readonly journal: Journal;
  private readonly turn: Turn;
  /** Another object on each connection, so that what was asked on one is not acked on the next. */
  private progress: Progress = { asked: 0, ready: 0, sent: 0 };

  constructor(inbox: Inbox, journal: Journal, turn: Turn) {
    this.inbox = inbox;
    this.journal = journal;
    this.turn = turn;
  }

  /** Whether all that is processed is acked. */
  get complete(): boolean {
    return this.progress.sent >= this.inbox.ackable();
  }

  /** The message in hand is processed: its mark goes into the saved state. */
  processed(): void {
    const parts = this.inbox.processed();
    if (parts === undefined) return;
    const { from, origin, group, cid } = parts;
    this.journal.set(stateKey.mark(from, origin, group), encodeMark(from, origin, group, cid));
    this.turn.wake();
  }

  /** ACK goes out when the marks of what it covers are durable. */
  ask(): void {
    const ackable = this.inbox.ackable();
    const { progress } = this;
    if (ackable <= progress.asked) return;
    progress.asked = ackable;
    this.journal.whenDurable(() => {
      progress.ready = Math.max(progress.ready, ackable);
    });
  }

  /** Writes one ACK for all that may be acked and is not. */
  write(outgoing: Outgoing): void {
    const { progress } = this;
    if (progress.ready <= progress.sent) return;
    progress.sent = progress.ready;
    outgoing.room(16).ack(progress.sent);
  }

  /** The connection has ended: the next one counts its `seq`s anew. */
  disconnected(): void {
    this.progress = { asked: 0, ready: 0, sent: 0 };
  }
}
