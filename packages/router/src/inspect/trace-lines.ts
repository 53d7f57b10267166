import { describeReason } from '@mailbeam/actors';
import type { MonitorRef, Pid, Trace, TraceEvent } from '@mailbeam/actors';
import type { Core } from '../core.js';
import type { Port } from '../port/port.js';
import type { Names } from '../privacy/names.js';
import { LineQueue } from './line-queue.js';
import type { Target } from './target.js';

/** How long and how much is traced. */
export interface TraceRequest {
  readonly forMs: number;
  /** Most events told in a second; the others are counted. */
  readonly maxPerSecond: number;
}

/** One line of a trace. Times are ms since the epoch; `message` is a shape, never a content. */
export type TraceLine =
  | {
      readonly type: 'begin';
      readonly target: string;
      readonly at: number;
      readonly forMs: number;
      readonly maxPerSecond: number;
    }
  | ({ readonly type: TraceEvent['type'] } & EventLine)
  /** The traced actor has ended; of a user, the session that takes its place is traced from then on. */
  | { readonly type: 'down'; readonly at: number; readonly actor: number; readonly reason: string }
  | { readonly type: 'up'; readonly at: number; readonly actor: number }
  /** `why`: the time is over (or nobody reads any more), or the actor has ended for good. */
  | {
      readonly type: 'end';
      readonly at: number;
      readonly why: 'time' | 'ended';
      readonly told: number;
      readonly missed: number;
    };

interface EventLine {
  readonly at: number;
  readonly actor: number;
  readonly name?: string;
  readonly behaviour: string;
  readonly version: string;
  readonly message: string;
  readonly depth: number;
  /** Of what was sent: an actor, a registered name, `caller` for a reply, or `mailbox NAME`, with the name of a user as it may be shown. */
  readonly to?: string;
  readonly tookMs?: number;
  readonly stateBytes?: number;
  /** Events left out since the line before, because there were too many. */
  readonly missed: number;
}

/** Starts a timer; returns what stops it. */
export type After = (ms: number, run: () => void) => () => void;

const afterByClock: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** Traces a target until the time is over, it has ended, or nobody reads any more. Whatever ends it, nothing of it is left in the runtime. */
export async function* traceLines(
  target: Target,
  request: TraceRequest,
  core: Core,
  names: Names,
  gone: AbortSignal,
  after: After = afterByClock,
): AsyncGenerator<TraceLine> {
  const running = new RunningTrace(target, request, core, names);
  const cancel = after(request.forMs, () => running.end('time'));
  gone.addEventListener('abort', () => running.end('time'), { once: true });
  try {
    yield* running.lines;
  } finally {
    cancel();
    running.end('time');
  }
}

/** As `noteSentOut` has it. */
const MAILBOX = 'mailbox ';

class RunningTrace {
  readonly lines = new LineQueue<TraceLine>();
  readonly #core: Core;
  readonly #names: Names;
  readonly #target: Target;
  readonly #maxPerSecond: number;
  #trace: Trace | null = null;
  #monitor: MonitorRef | null = null;
  readonly #hearNoMore: () => void;
  #told = 0;
  /** Of traces that have ended. */
  #missed = 0;
  #isOver = false;

  constructor(target: Target, { forMs, maxPerSecond }: TraceRequest, core: Core, names: Names) {
    this.#core = core;
    this.#names = names;
    this.#target = target;
    this.#maxPerSecond = maxPerSecond;
    this.lines.push({ type: 'begin', target: textOf(target, names), at: core.clock.wall, forMs, maxPerSecond });
    this.#hearNoMore =
      target.kind === 'user' ? core.onSessionStart((port) => this.#sessionStarted(port)) : (): void => undefined;
    const traced = this.#current();
    if (typeof traced === 'string') this.#start(traced);
    else if (traced !== null) this.#follow(traced);
  }

  end(why: 'time' | 'ended'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stop();
    this.#hearNoMore();
    const { dropped } = this.lines;
    const told = this.#told - dropped;
    this.lines.end({ type: 'end', at: this.#core.clock.wall, why, told, missed: this.#missed + dropped });
  }

  /** What is to be traced now: an actor, or a behaviour by its name; null while there is no such actor. */
  #current(): Pid | string | null {
    const target = this.#target;
    switch (target.kind) {
      case 'user': {
        const pid = (this.#core.portOf(target.name)?.session ?? null) as Pid | null;
        return pid !== null && this.#core.system.isAlive(pid) ? pid : null;
      }
      case 'actor':
        return target.pid;
      case 'service':
        return target.service.unit.name; // all its actors, and those that are started meanwhile
      case 'behaviour':
        return target.name;
    }
  }

  #start(traced: Pid | string): void {
    this.#trace = this.#core.system.trace(traced, (event) => this.#tell(event), { maxPerSecond: this.#maxPerSecond });
  }

  #stop(): void {
    this.#missed += this.#trace?.missed ?? 0;
    this.#trace?.stop();
    this.#trace = null;
    if (this.#monitor !== null) this.#core.system.demonitor(this.#monitor);
    this.#monitor = null;
  }

  #follow(pid: Pid): void {
    this.#start(pid);
    this.#monitor = this.#core.system.monitor(pid, ({ reason }) => {
      this.#stop();
      this.lines.push({ type: 'down', at: this.#core.clock.wall, actor: pid.id, reason: describeReason(reason) });
      if (this.#target.kind === 'actor') this.end('ended');
    });
  }

  /** The user has a session (again): it is traced from its first message on, also after a crash in the middle of a turn. */
  #sessionStarted({ user, session }: Port): void {
    if (this.#target.kind !== 'user' || user !== this.#target.name) return;
    const pid = session as Pid;
    this.#stop();
    this.lines.push({ type: 'up', at: this.#core.clock.wall, actor: pid.id });
    this.#follow(pid);
  }

  #tell(event: TraceEvent): void {
    this.#told++;
    const { type, pid, name, behaviour, version, message, depth, missed } = event;
    this.lines.push({
      type,
      at: this.#core.clock.wall,
      actor: pid,
      ...(name === undefined ? {} : { name }),
      behaviour,
      version,
      message,
      depth,
      ...(event.type === 'sent' ? { to: this.#shownTo(event.to) } : {}),
      ...(event.type === 'handled' ? { tookMs: event.tookMs, stateBytes: event.stateBytes } : {}),
      missed,
    });
  }

  #shownTo(to: string): string {
    return to.startsWith(MAILBOX) ? MAILBOX + this.#names.show(to.slice(MAILBOX.length)) : to;
  }
}

function textOf(target: Target, names: Names): string {
  if (target.kind === 'user') return names.show(target.name);
  if (target.kind === 'service') return target.service.address;
  return target.kind === 'actor' ? String(target.pid) : target.name;
}
