import type { Clock } from './clock.js';
import { CallError, OutboxFullError } from './errors.js';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancelTimer: () => void;
  sent: boolean;
}

/** Calls to services that wait for their REPLY. None is sent twice: a call may have had its effect. */
export class Calls {
  private readonly clock: Clock;
  private readonly most: number;
  private readonly pending = new Map<number, Pending>();
  private lastRid = 0;

  /** @param most how many may wait */
  constructor(clock: Clock, most: number) {
    this.clock = clock;
    this.most = most;
  }

  /** A new call; `sent` must be called when it leaves. Throws `OutboxFullError`. */
  add(timeoutMs: number): { rid: number; result: Promise<unknown> } {
    if (this.pending.size >= this.most) throw new OutboxFullError(`${this.most} calls wait`);
    const rid = ++this.lastRid;
    const result = new Promise<unknown>((resolve, reject) => {
      const cancelTimer = this.clock.timer(timeoutMs, () => {
        this.pending.delete(rid);
        reject(new CallError('call_timeout', `no answer in ${timeoutMs} ms`));
      });
      this.pending.set(rid, { resolve, reject, cancelTimer, sent: false });
    });
    return { rid, result };
  }

  /** Notes that the call leaves; false where it has ended before. */
  sent(rid: number): boolean {
    const call = this.pending.get(rid);
    if (call === undefined) return false;
    call.sent = true;
    return true;
  }

  /** A REPLY. */
  reply(rid: number, ok: boolean, result: unknown): void {
    const call = this.pending.get(rid);
    if (call === undefined) return;
    this.pending.delete(rid);
    call.cancelTimer();
    if (ok) call.resolve(result);
    else call.reject(callError(result));
  }

  /** The connection has ended: those that had left are answered `connection_lost`; the others wait for the next. */
  disconnected(): void {
    this.end(new CallError('connection_lost', 'the connection ended before the answer came'), (call) => call.sent);
  }

  /** Ends all calls, or those that `which` picks, with `error`. */
  end(error: Error, which: (call: { readonly sent: boolean }) => boolean = () => true): void {
    for (const [rid, call] of this.pending) {
      if (!which(call)) continue;
      this.pending.delete(rid);
      call.cancelTimer();
      call.reject(error);
    }
  }
}

function callError(result: unknown): CallError {
  const { code, detail } = (typeof result === 'object' && result !== null ? result : {}) as {
    code?: unknown;
    detail?: unknown;
  };
  return new CallError(typeof code === 'string' ? code : 'failed', typeof detail === 'string' ? detail : '');
}
