import type { Actor } from './actor.js';
import { Call } from './call.js';
import { Envelope, shapeOfHeld } from './envelope.js';
import type { MailboxOptions } from './options.js';

/** A message or call in a bounded mailbox, with its size: what leaves room when it is taken. */
class Held extends Envelope {
  readonly message: unknown;
  readonly bytes: number;
  readonly bound: MailboxBound;

  constructor(message: unknown, bytes: number, bound: MailboxBound) {
    super();
    this.message = message;
    this.bytes = bytes;
    this.bound = bound;
  }

  override dispatch(actor: Actor): unknown {
    this.bound.left(this);
    const { message } = this;
    if (message instanceof Envelope) return message.dispatch(actor);
    return actor.behaviour.handleMessage(message, actor.state, actor);
  }

  override shape(): string {
    return shapeOfHeld(this.message);
  }

  override dropped(): void {
    if (this.message instanceof Envelope) this.message.dropped();
  }
}

/**
 * The bound of one mailbox. Each message goes in wrapped, so that its leaving is noticed without a question in the loop of those that have no bound. Infos go past it: they neither count nor
 * are dropped.
 */
export class MailboxBound {
  readonly #actor: Actor;
  readonly #options: MailboxOptions;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  /** Calls that wait for room, oldest first; those that settled meanwhile are taken out when they are met, or when there are many. */
  #waiting: Set<Call> | null = null;
  #cleanAt = 64;
  #count = 0;
  bytes = 0;
  dropped = 0;

  constructor(actor: Actor, options: MailboxOptions) {
    this.#actor = actor;
    this.#options = options;
    this.#maxMessages = options.maxMessages ?? Infinity;
    this.#maxBytes = options.maxBytes ?? Infinity;
  }

  /** A message or call comes. Returns what `send` returns. */
  offer(message: unknown): boolean {
    const bytes = this.#measure(message);
    const { policy = 'reject' } = this.#options;
    if (this.#fits(bytes) && !this.#waiting) this.#put(message, bytes);
    else if (bytes > this.#maxBytes) return this.#refuse(message, policy);
    else if (policy === 'dropOldest') {
      while (!this.#fits(bytes)) this.#dropOldest();
      this.#put(message, bytes);
    } else if (policy === 'block' && message instanceof Call) this.#wait(message);
    else return this.#refuse(message, policy);
    return true;
  }

  /** A message is handled now: there is room. */
  left(held: Held): void {
    this.#count -= 1;
    this.bytes -= held.bytes;
    if (!this.#waiting) return;
    for (const call of this.#waiting) {
      if (!call.settled) {
        const bytes = this.#measure(call);
        if (!this.#fits(bytes)) return;
        this.#put(call, bytes);
      }
      this.#waiting.delete(call);
    }
    this.#waiting = null;
  }

  #fits(bytes: number): boolean {
    return this.#count < this.#maxMessages && this.bytes + bytes <= this.#maxBytes;
  }

  /** Bytes of a message, or of a call's request. One whose size cannot be told fits nowhere. */
  #measure(message: unknown): number {
    const { sizeOf } = this.#options;
    if (!sizeOf) return 0;
    let bytes = Infinity;
    this.#actor.system.hooks.guarded(() => {
      const told = sizeOf(message instanceof Call ? message.request : message);
      if (!(told >= 0)) throw new TypeError(`mailbox.sizeOf returned ${String(told)}, must be a number from 0`);
      bytes = told;
    }, undefined);
    return bytes;
  }

  #put(message: unknown, bytes: number): void {
    this.#count += 1;
    this.bytes += bytes;
    this.#actor.system.enqueue(this.#actor, new Held(message, bytes, this));
  }

  #refuse(message: unknown, policy: MailboxOptions['policy']): boolean {
    this.dropped += 1;
    if (message instanceof Envelope) message.dropped();
    return policy === 'dropNewest';
  }

  #wait(call: Call): void {
    this.#waiting ??= new Set();
    this.#waiting.add(call);
    if (this.#waiting.size < this.#cleanAt) return;
    for (const other of this.#waiting) if (other.settled) this.#waiting.delete(other);
    this.#cleanAt = Math.max(64, this.#waiting.size * 2);
  }

  /** Infos that are older stay, in their order. */
  #dropOldest(): void {
    const actor = this.#actor;
    const infos: { info: unknown; at: number }[] = [];
    for (;;) {
      const at = actor.firstAt;
      const oldest = actor.take();
      if (oldest instanceof Held) {
        this.#count -= 1;
        this.bytes -= oldest.bytes;
        this.dropped += 1;
        oldest.dropped();
        break;
      }
      infos.push({ info: oldest, at });
    }
    for (const { info, at } of infos.reverse()) actor.putBack(info, at);
  }
}
