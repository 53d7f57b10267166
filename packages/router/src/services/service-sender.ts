import type { Mailbox } from '../mailbox/mailbox.js';
import { Message } from '../mailbox/request.js';
import type { Request } from '../mailbox/request.js';
import { Sender } from '../mailbox/sender.js';
import type { AnswerTaker } from '../mailbox/sender.js';
import type { MessageTrace } from '../traces/message-trace.js';
import { Sending } from './handling.js';
import type { Signalling } from './handling.js';
import type { Lane } from './lane.js';
import type { ServicesHost } from './services-host.js';

/** A service as a sender: what its handlings ask for goes out under its own name and origin. */
export class ServiceSender {
  readonly #host: ServicesHost;
  readonly #sender: Sender;
  #cid = 0;
  /** Which lane sent what is not answered yet, where there are several. */
  readonly #sentBy: WeakMap<Request, Lane> | null;

  /** @param manyLanes true where what is refused goes back to the lane that sent it */
  constructor(mailbox: Mailbox, origin: number, host: ServicesHost, answers: AnswerTaker, manyLanes: boolean) {
    this.#host = host;
    this.#sentBy = manyLanes ? new WeakMap() : null;
    const { wall } = host.clock;
    const record = { origin, lastCid: 0, highCid: 0, usedAt: wall, rejections: [] };
    this.#sender = new Sender(mailbox, '', record, host.limits.sendWindow);
    // what it sends is what the handled message is acked for: it is due at once
    this.#sender.isPatient = false;
    this.#sender.port = answers;
    mailbox.addSender(this.#sender);
  }

  get origin(): number {
    return this.#sender.origin;
  }

  /** Sends what a handling asked for; true when something of it goes to disk. @param trace of what it has handled */
  carryOut(effects: readonly (Sending | Signalling)[], lane: Lane, trace: MessageTrace | null): boolean {
    const { system, outbox } = this.#host;
    let hasSent = false;
    for (const effect of effects) {
      if (lane.pid !== null) system.noteSentOut(lane.pid, effect.to, effect);
      if (effect instanceof Sending) {
        hasSent = true;
        this.#send(effect, lane, trace);
      } else outbox.signal({ kind: 'signal', to: effect.to, from: this.#sender.user, body: effect.body });
    }
    this.#host.wake();
    return hasSent;
  }

  #send(sending: Sending, lane: Lane, trace: MessageTrace | null): void {
    const { outbox, dispatch } = this.#host;
    const { to, toKind, body, ttl } = sending;
    const message = new Message(++this.#cid, false, to, toKind, ttl, body, 0, body.length);
    const sender = this.#sender;
    message.sender = sender;
    message.from = sender.user;
    message.origin = sender.origin;
    sending.cid = message.cid;
    sending.origin = sender.origin;
    if (trace !== null) trace.sendsOn(message)?.numbered(message);
    sender.add(message);
    this.#sentBy?.set(message, lane);
    if (dispatch.isKnown(to, toKind)) outbox.message(message);
    else dispatch.reject(message, { code: 'unknown_recipient', detail: `there is no '${to}'`, retryAfterMs: 0 });
  }

  /** Takes the answers that are due; calls back for each rejection, with the lane that sent it where there are several. */
  takeAnswers(refused: (message: Message, lane: Lane | undefined) => void): void {
    this.#sender.takeAnswers((request) => refused(request as Message, this.#sentBy?.get(request)));
  }

  /** Nobody waits for answers any more. */
  end(): void {
    this.#sender.port = null;
    this.#sender.forget();
    this.#host.releaseSender(this.#sender);
  }
}
