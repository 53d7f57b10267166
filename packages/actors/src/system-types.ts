import type { Behaviour } from './behaviour.js';
import type { AnyCall, Anything, ReplyFor, ReplyTo, RequestOf } from './call-types.js';
import type { ExitReason } from './exit-reason.js';
import type { Down, From, MonitorRef, TimerRef } from './info.js';
import type { MailboxOptions } from './options.js';
import type { Pid } from './pid.js';
import type { Trace, TraceEvent, TraceOptions } from './tracing.js';

/** How an actor is started. */
export interface SpawnOptions {
  /** Registers the actor under this name; `send`, `call` and `monitor` take it in place of a pid. */
  readonly name?: string;
  /** Links the new actor with this one, which becomes its parent. */
  readonly link?: Pid;
  /** This actor gets a `Down` when the new one ends. */
  readonly monitor?: Pid;
  readonly mailbox?: MailboxOptions;
  /** The mailbox class that statistics sum by, for example `'session'`. Default `'system'`. */
  readonly class?: string;
  /** `'high'` goes before `'normal'`; at least one slot in nine is still a normal one's. */
  readonly priority?: 'high' | 'normal';
}

/** What is known of an actor at O(1). Times in ms, on the system's clock. */
export interface ActorInfo {
  readonly id: number;
  readonly name: string | undefined;
  readonly behaviour: string;
  readonly version: string;
  readonly class: string;
  /** Messages waiting; the one in hand is not counted. */
  readonly depth: number;
  /** Messages that came into the mailbox, and those that were taken out and handled (a crash is an end of handling too). */
  readonly received: number;
  readonly handled: number;
  /** Bytes waiting, of a mailbox that is bounded by bytes; else 0. */
  readonly bytes: number;
  /** Messages refused or thrown away by the mailbox's bound. */
  readonly dropped: number;
  /** How long the oldest waiting message has waited; 0 with an empty mailbox. In whole turns. */
  readonly oldestAgeMs: number;
  readonly status:
    | 'starting'
    | 'waiting'
    | 'runnable'
    | 'running'
    | 'awaiting'
    | 'suspended'
    | 'hibernating'
    | 'terminating'
    | 'ended';
  readonly links: number;
  readonly monitors: number;
}

/** What `getStatus` tells. The state is there as a shape: its own fields with types and lengths, no values. */
export interface ActorStatus extends ActorInfo {
  readonly parent: Pid | null;
  readonly suspended: boolean;
  readonly hibernating: boolean;
  /** See `shapeOf`; of a hibernating actor the shape of what it keeps. */
  readonly stateShape: string;
}

/** What became of a change of code; after a failed one the actor goes on with its old code and state. */
export type CodeChangeResult =
  | { readonly changed: true }
  | { readonly changed: false; readonly reason: 'noproc' }
  | { readonly changed: false; readonly reason: 'threw'; readonly error: unknown };

/** Counters of one system since it was made. */
export interface SystemCounters {
  readonly turns: number;
  /** Time spent in turns, ms. */
  readonly turnMs: number;
  /** How long the last turn took that has ended, and the longest so far, ms. */
  readonly lastTurnMs: number;
  readonly longestTurnMs: number;
  readonly spawned: number;
  readonly ended: number;
  readonly crashed: number;
  /** Messages handled by all actors. */
  readonly reductions: number;
  /** Sends to nobody: an actor that has ended, a name that nobody has. */
  readonly undelivered: number;
  /** Throws of hooks, `onCrash`, `onSupervisorReport` and monitor callbacks. Nothing else hears of them; see `lastHookError`. */
  readonly hookErrors: number;
}

/** A set of actors with one scheduler, one clock and one timer wheel. */
export interface ActorSystem {
  /**
   * Makes an actor and runs its `init` before it returns. If `init` throws, the pid is that of an actor that has ended: links and monitors tell.
   * @throws ActorError `name_taken`; `stopped`; `bad_option` (mailbox); `nested_too_deep` (256 inits spawn one another)
   */
  spawn<A, S, M, C extends AnyCall = never>(
    behaviour: Behaviour<A, S, M, C>,
    arg: A,
    options?: SpawnOptions,
  ): Pid<M, C>;
  /**
   * Puts a message into a mailbox; returns at once and never throws for want of a recipient.
   * `false`: it will not be handled, because there is no such actor or its mailbox is full.
   */
  send<M>(to: Pid<M> | string, message: M): boolean;
  /** OTP's `cast`: the same as {@link send}; `handleMessage` takes both. */
  cast<M>(to: Pid<M> | string, message: M): boolean;
  /** As `self.call`, from outside of any actor; rejects with the same codes ({@link CallErrorCode}). */
  call<R = unknown, C extends AnyCall = never, Q extends Anything = Anything>(
    to: Pid<never, C> | string,
    request: Q & RequestOf<C>,
    timeoutMs?: number,
  ): Promise<ReplyTo<C, Q, R>>;
  reply<F extends From<never>>(from: F, reply: ReplyFor<F>): boolean;
  /** Sends an exit signal. An actor that is not in a callback and does not trap exits has ended when this returns. */
  exit(pid: Pid, reason: ExitReason): void;
  isAlive(pid: Pid): boolean;
  whereis(name: string): Pid | undefined;
  /** Calls `onDown` once when the actor ends (at once if it has), for code outside of actors. A throw in it is counted, no more. */
  monitor(pid: Pid, onDown: (down: Down) => void): MonitorRef;
  demonitor(ref: MonitorRef): void;
  /** Sends after `delayMs`. The timer belongs to the recipient: it ends with it. */
  sendAfter<M>(delayMs: number, to: Pid<M>, message: M): TimerRef;
  cancelTimer(timer: TimerRef): number | false;
  /**
   * Gives the actor another behaviour, between two messages: at once if it is not in a callback, else right after it, before anything that waits.
   * `behaviour.codeChange(state, fromVersion)` brings the state over (without it the state is taken as it is). Never rejects.
   */
  changeCode<A, S, M, C extends AnyCall = never>(
    pid: Pid<M, C>,
    behaviour: Behaviour<A, S, M, C>,
  ): Promise<CodeChangeResult>;
  /** As {@link changeCode}, for hosts that change very many: `onDone` is called once, at once for an actor at rest. A throw in it is counted, no more. */
  requestCodeChange<A, S, M, C extends AnyCall = never>(
    pid: Pid<M, C>,
    behaviour: Behaviour<A, S, M, C>,
    onDone: (result: CodeChangeResult) => void,
  ): void;
  /**
   * OTP's `sys:suspend`: from now on the actor handles no message, call or info until `resume`; exit signals, changes of code and these requests still reach it. Settles when it is so: at once, or after the
   * callback it is in, in front of all that waits in its mailbox. Twice is once.
   * Rejects with ActorError `noproc`.
   */
  suspend(pid: Pid): Promise<void>;
  /** Ends a suspension; without one nothing. Rejects with ActorError `noproc`. */
  resume(pid: Pid): Promise<void>;
  /** OTP's `sys:get_state`: the state itself (do not change it), between two callbacks. For tests and operators: it passes the mailbox. Rejects with ActorError `noproc`. */
  getState<S = unknown>(pid: Pid): Promise<S>;
  /** OTP's `sys:get_status`: what is known of the actor, between two callbacks. Rejects with ActorError `noproc`. */
  getStatus(pid: Pid): Promise<ActorStatus>;
  /**
   * Tells `onEvent` what one actor, or every actor of a behaviour (by its name), receives, sends and handles, with shapes in place of contents. Made for production: at most `maxPerSecond` events, the
   * others are counted; an actor that is not traced pays for the test of one bit. Switching a behaviour's trace on and off walks all actors once. What supervisors hear of children is not told as handled. A throw of `onEvent` is counted, what it
   * does is not traced.
   * @throws ActorError `bad_option`
   */
  trace(target: Pid | string, onEvent: (event: TraceEvent) => void, options?: TraceOptions): Trace;
  /**
   * Tells the traces of an actor what it sent by a way of the host's, to somebody who is no actor: as `sent`, to `mailbox NAME`. Without a trace it is the test of one bit.
   */
  noteSentOut(pid: Pid, name: string, message: unknown): void;
  /** What is known of one actor, or `undefined` if it has ended. */
  info(pid: Pid): ActorInfo | undefined;
  /** All living actors, oldest first. May be left at any time; do not hold across turns. */
  actors(): IterableIterator<Pid>;

  /** One turn: due timers, then actors until none is runnable or the turn's reductions or time are spent. For hosts that drive it themselves. */
  runTurn(): void;
  /** `fn` runs at the start (end) of every turn. Returns what takes it off again. */
  onTurnStart(fn: () => void): () => void;
  onTurnEnd(fn: () => void): () => void;
  /**
   * `fn` hears of mailboxes that get long, for telemetry: an actor's pid each time another 15 messages wait behind others, at no cost below that. It is called within the send, so it should only note the pid, and
   * look at `info(pid)` (depth, age, received, handled) at the end of the turn. A throw is counted. Returns what takes it off again.
   */
  onMailboxGrowth(fn: (pid: Pid) => void): () => void;
  /**
   * For a callback that runs code with a name and a version of its own, a plug-in: until `attribute(null)`, and at the latest until another actor's turn, a watchdog that reads the heartbeat names that code instead of the actor's behaviour. Without a
   * heartbeat, or outside of a callback, nothing.
   */
  attribute(code: { readonly name: string; readonly version: string } | null): void;
  /** The clock reading of this turn in ms, monotonic. The default clock started at the Unix epoch's time when the process started, and does not follow later corrections of it. */
  readonly now: number;
  /** Actors that could run now. */
  readonly runQueueLength: number;
  readonly actorCount: number;
  readonly counters: SystemCounters;
  readonly lastHookError: unknown;
  /** When the next timer is due on the system's clock, or `Infinity`. Never later than the truth; may be earlier. */
  readonly nextTimerAt: number;
  /**
   * Ends all actors: those without a parent get `'shutdown'`, youngest first, and end their own children; what is left after `stopTimeoutMs` is killed.
   * Resolves when no actor is left. No `spawn` after it.
   */
  stop(): Promise<void>;
}
