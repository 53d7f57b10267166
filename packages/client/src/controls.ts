import { defaultWelcomeLimits, encodeAny, limits, nameKind } from '@mailbeam/protocol';
import type { FrameWriter } from '@mailbeam/protocol';
import type { Calls } from './calls.js';
import { ArgumentError, illFormedName } from './errors.js';
import type { Link } from './link.js';
import { bodyBytes } from './message.js';
import type { Outgoing } from './outgoing.js';
import type { Standing } from './standing.js';
import type { Turn } from './turn.js';
import { Watches } from './watches.js';

/** A frame that is sent once and never again: SIGNAL, WATCH, CALL. */
interface Control {
  /** Its size at most, bytes. */
  readonly bytes: number;
  /** Whether it waits for the next connection where this one ends before it leaves. */
  readonly waits: boolean;
  readonly write: (writer: FrameWriter) => void;
}

/** What is sent once and never again: signals, watches, calls to services. */
export class Controls {
  private readonly calls: Calls;
  private readonly link: Link;
  private readonly turn: Turn;
  private readonly standing: Standing;
  private readonly watches = new Watches();
  private waiting: Control[] = [];
  private maxMessage = defaultWelcomeLimits.maxMessage;

  constructor(calls: Calls, link: Link, turn: Turn, standing: Standing) {
    this.calls = calls;
    this.link = link;
    this.turn = turn;
    this.standing = standing;
  }

  /** See `Client.signal`. */
  signal(peer: string, body: Uint8Array | string): boolean {
    if (nameKind(peer) === 0) throw illFormedName(peer);
    const bytes = bodyBytes(body);
    if (bytes.length > limits.signalBytes) {
      throw new ArgumentError(`a signal has at most ${limits.signalBytes} bytes, not ${bytes.length}`);
    }
    if (!this.link.usable) return false;
    const room = peer.length * 3 + bytes.length + 32;
    this.add({ bytes: room, waits: false, write: (writer) => writer.signal(peer, bytes) });
    return true;
  }

  /** See `Client.watch` and, where not `on`, `Client.unwatch`. */
  watch(users: readonly string[], on: boolean): void {
    for (const user of users) {
      if (nameKind(user) !== 1) throw illFormedName(user);
    }
    for (const changed of this.watches.change(users, on)) {
      // Without a connection the next WELCOME says it.
      if (this.link.open) this.add(watchControl(changed, on));
    }
  }

  /** See `Client.call`. */
  async call(service: string, method: string, args: unknown, timeoutMs: number): Promise<unknown> {
    if (this.standing.leaving) throw this.standing.closedError();
    const bare = service.startsWith('$') ? service.slice(1) : service;
    const bytes = sizeOfArgs(args) + (bare.length + method.length) * 3 + 32;
    if (bytes > this.maxMessage) throw new ArgumentError(`the arguments are too large: ${bytes} bytes`);
    const { rid, result } = this.calls.add(timeoutMs);
    this.add({
      bytes,
      waits: true,
      write: (writer) => {
        if (this.calls.sent(rid)) writer.call(rid, bare, method, args);
      },
    });
    return result;
  }

  /** WELCOME has come: the watches are said first, anew. */
  welcomed(maxMessage: number): void {
    this.maxMessage = maxMessage;
    this.waiting.unshift(...this.watches.frames().map((users) => watchControl(users, true)));
  }

  /** Writes all that waits. */
  write(outgoing: Outgoing): void {
    for (const { bytes, write } of this.waiting.splice(0)) write(outgoing.room(bytes));
  }

  /** The connection has ended. */
  disconnected(): void {
    this.calls.disconnected();
    // Signals are of the moment, watches are said anew; calls that have not left wait.
    this.waiting = this.waiting.filter((control) => control.waits);
  }

  private add(control: Control): void {
    this.waiting.push(control);
    this.turn.wake();
  }
}

function watchControl(users: readonly string[], on: boolean): Control {
  const bytes = users.reduce((sum, user) => sum + user.length * 3 + 4, 32);
  return { bytes, waits: false, write: (writer) => writer.watch(users, on) };
}

function sizeOfArgs(args: unknown): number {
  try {
    return encodeAny(args).length;
  } catch (cause) {
    throw new ArgumentError('the arguments cannot be sent', { cause });
  }
}
