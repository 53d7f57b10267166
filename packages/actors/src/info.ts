import type { ExitReason } from './exit-reason.js';
import type { Pid } from './pid.js';

declare const monitorRef: unique symbol;
declare const timerRef: unique symbol;
declare const requestRef: unique symbol;
declare const groupRef: unique symbol;
declare const from: unique symbol;

/** Stands for one monitor. Opaque; comes back in its `Down`. */
export interface MonitorRef {
  readonly [monitorRef]: true;
}
/** Stands for one timer. Opaque; comes back in its `Timeout`. */
export interface TimerRef {
  readonly [timerRef]: true;
}
/** Stands for one request whose answer comes as a message. Opaque; comes back in its `Reply`; see {@link isReplyTo}. */
export interface RequestRef<out R = unknown> {
  readonly [requestRef]: R;
}
/** Stands for one monitor of a process group. Opaque; comes back in each `GroupChange`. */
export interface GroupRef {
  readonly [groupRef]: true;
}
/** Whom to answer: handed to `handleCall`, given back to `self.reply`, now or later. Opaque. `R` is the type of the reply; `From<never>` is anybody's. */
export interface From<in R = unknown> {
  readonly [from]: (reply: R) => void;
}

/** A monitored actor has ended (`'noproc'`: it had ended before). Comes once, after every message that it sent to the watcher. */
export interface Down {
  readonly type: 'DOWN';
  readonly ref: MonitorRef;
  readonly pid: Pid | null;
  readonly reason: ExitReason;
}
/** An exit signal that was trapped. */
export interface Exit {
  readonly type: 'EXIT';
  readonly from: Pid | null;
  readonly reason: ExitReason;
}
/** A timer of `self.startTimer` has run out. */
export interface Timeout {
  readonly type: 'TIMEOUT';
  readonly timer: TimerRef;
  readonly tag: unknown;
}
/** The answer to `self.sendRequest`. `reason` is `'timeout'`, `'noproc'`, `'overloaded'`, `'no_handler'` or the callee's exit reason. */
export type Reply<R = unknown> =
  | { readonly type: 'REPLY'; readonly request: RequestRef<R>; readonly ok: true; readonly reply: R }
  | { readonly type: 'REPLY'; readonly request: RequestRef<R>; readonly ok: false; readonly reason: ExitReason };

/** Actors have joined or left a process group that is monitored; a member's end is a leave. Comes only to those that called `monitor` of `createGroups`. */
export interface GroupChange {
  readonly type: 'GROUP';
  readonly ref: GroupRef;
  readonly group: string;
  readonly event: 'join' | 'leave';
  readonly pids: readonly Pid[];
}

/** What `handleInfo` gets: everything that is not one of the behaviour's own messages or calls. */
export type Info = Down | Exit | Timeout | Reply | GroupChange;

/** Whether `info` is the answer to this request; then its `reply` has the type that the callee promised. */
export function isReplyTo<R>(info: Info, request: RequestRef<R>): info is Reply<R> {
  return info.type === 'REPLY' && info.request === request;
}
