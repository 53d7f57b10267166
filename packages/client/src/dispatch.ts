import { defaultWelcomeLimits } from '@mailbeam/protocol';
import type { WelcomeLimits } from '@mailbeam/protocol';
import type { Acks } from './acks.js';
import type { Answers } from './answers.js';
import type { Controls } from './controls.js';
import { RejectedError } from './errors.js';
import type { Identity } from './identity.js';
import type { Link } from './link.js';
import type { ResolvedOptions } from './options.js';
import { orderBytes } from './order.js';
import type { Entry, Outbox } from './outbox.js';
import { Outgoing } from './outgoing.js';
import { encodeState, stateKey } from './state/saved-state.js';
import type { Journal } from './state/journal.js';

/** Whose frames a dispatch writes, and what says whether they may leave. */
export interface DispatchParts {
  readonly journal: Journal;
  readonly link: Link;
  readonly identity: Identity;
  readonly acks: Acks;
  readonly controls: Controls;
  readonly outbox: Outbox;
  readonly answers: Answers;
}

/** Writes, turn by turn, all that may leave on the connection that is open: acks, then controls, then the outbox. */
export class Dispatch {
  private readonly parts: DispatchParts;
  private readonly outgoing: Outgoing;
  private limits: WelcomeLimits = defaultWelcomeLimits;
  /** The largest send window that the saved state knows, and the largest that is on its way there. */
  private savedWindow = 0;
  private askedWindow = 0;

  constructor(parts: DispatchParts) {
    this.parts = parts;
    this.outgoing = new Outgoing((bytes) => parts.link.send(bytes));
  }

  /** The send window that the saved state knows. */
  restore(sendWindow: number): void {
    this.savedWindow = sendWindow;
    this.askedWindow = sendWindow;
  }

  /** Says HELLO. */
  hello(token: string, { window, agent }: Pick<ResolvedOptions, 'window' | 'agent'>): void {
    this.outgoing.reset();
    this.outgoing.room(0).hello(token, { window, client: this.parts.identity.client, agent });
    this.outgoing.send();
  }

  /** WELCOME says what the router takes. */
  welcomed(limits: WelcomeLimits): void {
    this.limits = limits;
    this.outgoing.maxMessage = limits.maxMessage;
    this.parts.controls.welcomed(limits.maxMessage);
    this.saveWindow(limits.sendWindow);
  }

  /** Sends all that may leave now; nothing where no connection is open. */
  flush(): void {
    const { link, identity, acks, controls, outbox } = this.parts;
    if (!link.open) return;
    acks.write(this.outgoing);
    if (identity.stale && !outbox.resending) identity.renew();
    else if (link.usable) {
      controls.write(this.outgoing);
      this.flushOutbox();
    }
    this.outgoing.send();
  }

  /** The connection has ended. */
  disconnected(): void {
    const { acks, controls, outbox } = this.parts;
    this.outgoing.reset();
    acks.disconnected();
    controls.disconnected();
    outbox.disconnected();
  }

  /** A window that the saved state does not know yet must not be used: see `Outbox`. */
  private saveWindow(sendWindow: number): void {
    if (sendWindow <= this.askedWindow) return;
    const { journal } = this.parts;
    this.askedWindow = sendWindow;
    journal.set(stateKey.sendWindow, encodeState(sendWindow));
    journal.whenDurable(() => {
      this.savedWindow = sendWindow;
    });
  }

  private flushOutbox(): void {
    const { identity, outbox, answers } = this.parts;
    const sendWindow = Math.min(this.limits.sendWindow, this.savedWindow);
    for (let entry = outbox.peek(sendWindow); entry !== undefined; entry = outbox.peek(sendWindow)) {
      // Under an old name only what left under it before is sent, for its answer.
      if (identity.stale && !entry.again) return;
      const tooLarge = this.tooLarge(entry);
      if (tooLarge === undefined) {
        this.write(entry);
        outbox.shift();
      } else {
        answers.reject(entry, tooLarge);
      }
    }
  }

  /** What the router would answer to a body over its limit; over `maxMessage` it would end the connection, time and again. */
  private tooLarge({ order, cid }: Entry): RejectedError | undefined {
    const { maxBody, maxMessage } = this.limits;
    if (order.kind !== 'send' || (order.body.length <= maxBody && orderBytes(order) <= maxMessage)) return undefined;
    const detail = `the body has ${order.body.length} bytes, the router takes ${maxBody}`;
    return new RejectedError(cid, 'too_large', detail);
  }

  private write({ order, cid, again }: Entry): void {
    const writer = this.outgoing.room(orderBytes(order));
    if (order.kind === 'read') writer.read(cid, order.to, order.origin, order.upTo, again);
    else writer.send(cid, order.to, order.body, order.ttl === undefined ? { again } : { again, ttl: order.ttl });
  }
}
