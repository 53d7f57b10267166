import type { MailboxClass, SpanAttributes, SpanSide, TraceSpan } from '@mailbeam/telemetry';
import type { Message } from '../mailbox/request.js';
import type { TraceKeeper } from './traces.js';

/** Spans that one trace may have, those of what services send on included. */
const MOST_SPANS = 128;

/** What is left of the spans of a trace; one for all messages of it. */
export interface SpanAllowance {
  left: number;
}

export const allowance = (): SpanAllowance => ({ left: MOST_SPANS });

/** Code and behaviour of whoever handles a message. */
export interface Handler {
  readonly name: string;
  readonly version: string;
}

/**
 * The spans of one message that was sampled, from its SEND to the receipt: those who move the message say what they do. Its root is
 * `send`, from the SEND to the answer; the others are below it and may end after it.
 */
export class MessageTrace {
  readonly #keeper: TraceKeeper;
  readonly #allowance: SpanAllowance;
  readonly #send: TraceSpan;
  #isAnswered = false;
  #interceptors: TraceSpan | null = null;
  #queue: TraceSpan | null = null;
  #commit: TraceSpan | null = null;
  #deliver: TraceSpan | null = null;
  #handle: TraceSpan | null = null;
  #receipt: TraceSpan | null = null;
  #sender = '';
  #recipient = '';
  #origin = 0;
  #cid = 0;
  #isInMailbox = false;
  #hasLeftMailbox = false;

  constructor(keeper: TraceKeeper, send: TraceSpan, spans: SpanAllowance) {
    this.#keeper = keeper;
    this.#send = send;
    this.#allowance = spans;
  }

  // ---- the sender's side

  /** It has got its sender and its number. @param session what handles the frames of its sender; undefined for a service */
  numbered({ from, to, toKind, origin, cid, again, bodyBytes }: Message, session?: Handler): void {
    this.#sender = from;
    this.#recipient = to;
    this.#origin = origin;
    this.#cid = cid;
    const { names } = this.#keeper;
    const sender = names.show(from);
    this.#send.set({
      // what is no name may be anything
      'messaging.destination.name': toKind === 0 ? undefined : names.show(to),
      'messaging.message.id': `${sender}/${origin}/${cid}`,
      'messaging.message.body.size': bodyBytes,
      'mailbeam.sender': sender,
      ...(again && { 'mailbeam.again': true }),
      ...(session && handledBy(session)),
    });
  }

  /** The interceptors are asked. */
  screening(): void {
    this.#interceptors?.end(this.#keeper.now(), 'detached');
    this.#interceptors = this.#begin('interceptors', {});
  }

  /** @param code with which one of them has rejected it; '' */
  screened(code: string): void {
    this.#interceptors?.end(this.#keeper.now(), code);
    this.#interceptors = null;
  }

  /** Its answer goes to its sender. @param code of a rejection; '' where it was accepted */
  answered(code: string): void {
    this.#answer(code);
  }

  /** Nobody waits for its answer any more. */
  forgotten(): void {
    this.#answer('disconnected');
  }

  #answer(code: string): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    if (code !== '') this.#send.set({ 'mailbeam.code': code });
    this.#send.end(this.#keeper.now(), code);
    this.#closeIfOver();
  }

  // ---- the mailbox

  /** A mailbox has taken it. @param depth what waited there before it */
  queued(mailbox: MailboxClass, depth: number): void {
    this.#isInMailbox = true;
    this.#queue = this.#begin('queue', { 'mailbeam.mailbox.class': mailbox, 'mailbeam.mailbox.depth': depth });
  }

  /** A commit takes it to disk. */
  writing(): void {
    this.#commit = this.#begin('commit', {});
  }

  /** It is on disk under this key of its mailbox. */
  written(mailbox: string, key: number): void {
    this.#commit?.end(this.#keeper.now());
    this.#commit = null;
    if (!this.#hasLeftMailbox) this.#keeper.stored(mailbox, key, this);
    this.#closeIfOver();
  }

  /** It goes to its recipient, again perhaps. */
  handedOut(): void {
    const now = this.#keeper.now();
    this.#queue?.end(now);
    this.#queue = null;
    this.#deliver?.end(now, 'detached');
    this.#deliver = this.#begin(
      'deliver',
      { 'mailbeam.recipient': this.#keeper.names.show(this.#recipient) },
      'client',
    );
  }

  /** The connection it was handed to has gone: it waits again. */
  disconnected(): void {
    this.#deliver?.end(this.#keeper.now(), 'disconnected');
    this.#deliver = null;
    this.#queue ??= this.#begin('queue', { 'mailbeam.mailbox.again': true });
  }

  /** Its recipient has taken it; the receipt is on its way. */
  acked(): void {
    this.#leave('');
  }

  /** It has ended without an ack: `expired`, `purged` or `undeliverable`. */
  failed(code: string): void {
    this.#leave(code);
  }

  #leave(code: string): void {
    if (this.#hasLeftMailbox) return;
    this.#hasLeftMailbox = true;
    const now = this.#keeper.now();
    this.#queue?.end(now, code);
    this.#handle?.end(now, code);
    this.#deliver?.end(now, code);
    this.#queue = this.#handle = this.#deliver = null;
    this.#keeper.left(this);
    this.#receipt = this.#begin('receipt', code === '' ? {} : { 'mailbeam.code': code });
    if (this.#receipt !== null)
      this.#keeper.awaitsReceipt(this.#sender, this.#recipient, this.#origin, this.#cid, code !== '', this);
    this.#closeIfOver();
  }

  /** Its receipt, or one that covers it, was handed to its sender. */
  receiptLeft(): void {
    this.#receipt?.end(this.#keeper.now());
    this.#receipt = null;
    this.#closeIfOver();
  }

  // ---- a service

  /** The handler of a service begins. */
  handling(handler: Handler): void {
    this.#handle?.end(this.#keeper.now(), 'detached');
    this.#handle = this.#begin('handle', handledBy(handler), 'consumer', this.#deliver ?? this.#send);
  }

  /** It has returned. */
  handled(): void {
    this.#handle?.end(this.#keeper.now());
    this.#handle = null;
  }

  /** It has crashed its actor. */
  crashed(): void {
    this.#handle?.end(this.#keeper.now(), 'crashed');
    this.#handle = null;
  }

  /** The trace of a message that the handler sends on; null: there were too many spans already. */
  sendsOn(message: Message): MessageTrace | null {
    const send = this.#begin('send', sendAttributes, 'internal', this.#handle ?? this.#send);
    return send === null ? null : this.#keeper.keep(message, new MessageTrace(this.#keeper, send, this.#allowance));
  }

  // ---- its end

  /** It is not followed any further: what is open ends here. */
  letGo(): void {
    const now = this.#keeper.now();
    const cut = { 'mailbeam.let_go': true };
    for (const span of [this.#interceptors, this.#handle, this.#queue, this.#commit, this.#deliver, this.#receipt]) {
      span?.set(cut);
      span?.end(now);
    }
    this.#interceptors = this.#handle = this.#queue = this.#commit = this.#deliver = this.#receipt = null;
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      this.#send.set(cut);
      this.#send.end(now);
    }
    this.#allowance.left = 0;
  }

  #closeIfOver(): void {
    if (!this.#isAnswered || this.#commit !== null) return;
    if (this.#isInMailbox && (!this.#hasLeftMailbox || this.#receipt !== null)) return;
    this.#keeper.over(this);
  }

  #begin(name: string, attributes: SpanAttributes, side?: SpanSide, parent = this.#send): TraceSpan | null {
    if (this.#allowance.left <= 0) return null;
    this.#allowance.left--;
    return parent.begin(name, this.#keeper.now(), attributes, side);
  }
}

/** What every `send` says of itself. */
export const sendAttributes: SpanAttributes = {
  'messaging.system.name': 'mailbeam',
  'messaging.operation.name': 'send',
  'messaging.operation.type': 'send',
};

function handledBy({ name, version }: Handler): SpanAttributes {
  return { 'mailbeam.behaviour': name, 'mailbeam.version': version };
}
