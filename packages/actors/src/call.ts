import type { Actor } from './actor.js';
import { ActorError } from './errors.js';
import { describeReason, type ExitReason } from './exit-reason.js';
import type { From, RequestRef } from './info.js';
import { InfoEnvelope } from './envelope.js';
import { shapeOf } from './message-shape.js';
import type { Timer } from './timer-wheel.js';
import { removeWatch, Watch } from './watch.js';

type Failure = 'timeout' | 'noproc' | 'overloaded' | 'no_handler' | 'exit';

const sentences: Record<Failure, string> = {
  timeout: 'no reply in time',
  noproc: 'there is no such actor',
  overloaded: 'the mailbox is full',
  no_handler: 'the behaviour has no handleCall',
  exit: 'the actor ended before it replied',
};

/**
 * A call under way: the envelope in the callee's mailbox, the monitor on the callee and what settles the caller, in one. Written once for awaited calls
 * (`resolve` and `reject`) and for requests whose answer comes as a message (`watcher`).
 */
export class Call extends Watch {
  readonly request: unknown;
  timer: Timer | null = null;
  resolve: ((reply: never) => void) | null = null;
  reject: ((error: ActorError) => void) | null = null;
  settled = false;

  constructor(target: Actor | null, watcher: Actor | null, request: unknown) {
    super(target, watcher);
    this.request = request;
  }

  get from(): From {
    return this as unknown as From;
  }

  get ref(): RequestRef {
    return this as unknown as RequestRef;
  }

  override dispatch(actor: Actor): unknown {
    const { behaviour } = actor;
    if (behaviour.handleCall) return behaviour.handleCall(this.request, actor.state, actor, this.from);
    this.fail('no_handler', 'no_handler');
    return undefined;
  }

  override shape(): string {
    return `call ${shapeOf(this.request)}`;
  }

  override dropped(): void {
    this.fail('overloaded', 'overloaded');
  }

  override ended(reason: ExitReason): void {
    this.fail('exit', reason);
  }

  /** Gives the caller its reply. `false`: it does not wait any more. */
  succeed(reply: unknown): boolean {
    if (!this.#settle()) return false;
    if (this.resolve) this.resolve(reply as never);
    else if (this.watcher)
      this.watcher.system.inform(this.watcher, new InfoEnvelope({ type: 'REPLY', request: this.ref, ok: true, reply }));
    return true;
  }

  fail(code: Failure, reason: ExitReason): void {
    if (!this.#settle()) return;
    const sentence = code === 'exit' ? `${sentences.exit}: ${describeReason(reason)}` : sentences[code];
    if (this.reject) this.reject(new ActorError(code, sentence, reason));
    else if (this.watcher)
      this.watcher.system.inform(
        this.watcher,
        new InfoEnvelope({ type: 'REPLY', request: this.ref, ok: false, reason }),
      );
  }

  /** The caller has ended: nobody waits. */
  override abandon(): void {
    this.#settle();
  }

  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    removeWatch(this);
    if (this.timer) {
      (this.timer.target as Actor['system']).dropTimer(this.timer);
      this.timer = null;
    }
    return true;
  }
}
