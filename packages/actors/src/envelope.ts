import type { Actor } from './actor.js';
import type { Info } from './info.js';
import { shapeOf } from './message-shape.js';

/** What the mailbox holds besides plain messages: calls and infos. Dispatched by a method, so that the hot loop asks only one question. */
export abstract class Envelope {
  /** Calls the behaviour; returns what the callback returned. */
  abstract dispatch(actor: Actor): unknown;
  /** What a crash report may show. */
  abstract shape(): string;
  /** The actor will not handle it: its mailbox dropped it. */
  dropped(): void {
    // an info that is dropped concerns nobody else
  }
}

/** A `Down`, `Exit`, `Timeout` or `Reply` on its way. */
export class InfoEnvelope extends Envelope {
  readonly info: Info;
  constructor(info: Info) {
    super();
    this.info = info;
  }

  override dispatch(actor: Actor): unknown {
    return actor.behaviour.handleInfo?.(this.info, actor.state, actor);
  }

  override shape(): string {
    return this.info.type;
  }
}

/** The shape of whatever a mailbox held. */
export function shapeOfHeld(message: unknown): string {
  return message instanceof Envelope ? message.shape() : shapeOf(message);
}
