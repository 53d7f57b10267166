import type { Actor } from './actor.js';
import type { Calls } from './calls.js';
import { ActorError, type CallErrorCode } from './errors.js';
import { describeReason, type ExitReason } from './exit-reason.js';
import type { From, RequestRef } from './info.js';
import { InfoEnvelope } from './envelope.js';
import { shapeOf } from './message-shape.js';
import type { Timer } from './timer-wheel.js';
import { removeWatch, Watch } from './watch.js';

const ignore = (): void => undefined;

const sentences: Record<CallErrorCode, string> = {
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
  declare readonly request: unknown;
  declare readonly timeoutMs: number;
  /** Who will set its timer at the end of the turn; most calls are answered before that and never have one. */
  declare timedBy: Calls | null;
  declare timer: Timer | null;
  /** Of an awaited call. */
  declare promise: Promise<unknown> | null;
  declare resolve: ((reply: never) => void) | null;
  declare reject: ((error: ActorError) => void) | null;
  declare settled: boolean;

  constructor(target: Actor | null, watcher: Actor | null, request: unknown, timeoutMs: number) {
    super(target, watcher);
    this.request = request;
    this.timeoutMs = timeoutMs;
    this.timedBy = null;
    this.timer = null;
    this.promise = null;
    this.resolve = null;
    this.reject = null;
    this.settled = false;
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
    const answerer = this.target;
    if (!this.settle()) return false;
    if (this.resolve) {
      this.resolve(reply as never);
      answerer?.system.scheduler.linger();
    } else if (this.watcher)
      this.watcher.system.inform(this.watcher, new InfoEnvelope({ type: 'REPLY', request: this.ref, ok: true, reply }));
    return true;
  }

  fail(code: CallErrorCode, reason: ExitReason): void {
    if (!this.settle()) return;
    const sentence = code === 'exit' ? `${sentences.exit}: ${describeReason(reason)}` : sentences[code];
    if (this.reject) {
      this.promise?.catch(ignore); // a caller that does not look must not bring an unhandled rejection on the host; whoever awaits still sees it
      this.reject(new ActorError(code, sentence, reason));
    } else if (this.watcher)
      this.watcher.system.inform(
        this.watcher,
        new InfoEnvelope({ type: 'REPLY', request: this.ref, ok: false, reason }),
      );
  }

  /** The caller has ended: nobody waits. */
  override abandon(): void {
    this.settle();
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    removeWatch(this);
    if (this.timedBy) this.timedBy.forget(this);
    else if (this.timer) {
      (this.timer.target as Actor['system']).timers.drop(this.timer);
      this.timer = null;
    }
    return true;
  }
}
