import { FrameWriter } from '@mailbeam/protocol';
import { nowUs } from './load-clock.js';

/** Whoever has something to write at the end of this turn of the event loop. */
export interface TurnMember {
  isMarked: boolean;
  /** Writes all that is due as one WebSocket message. The writer is empty and shared. */
  flushTurn(writer: FrameWriter, nowUs: number): void;
}

/** Collects what the callbacks of one turn of the event loop made due: one WebSocket message per connection and turn. */
export class Turn {
  private readonly writer = new FrameWriter();
  private marked: TurnMember[] = [];
  private spare: TurnMember[] = [];

  mark(member: TurnMember): void {
    if (member.isMarked) return;
    member.isMarked = true;
    if (this.marked.push(member) === 1) setImmediate(this.end);
  }

  private readonly end = (): void => {
    const members = this.marked;
    this.marked = this.spare;
    const now = nowUs();
    for (const member of members) {
      member.isMarked = false;
      member.flushTurn(this.writer, now);
    }
    members.length = 0;
    this.spare = members;
  };
}
