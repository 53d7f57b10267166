import type { AnyBehaviour } from './behaviour.js';
import type { Envelope } from './envelope.js';
import type { ExitReason } from './exit-reason.js';
import type { CodeChangeResult } from './system-types.js';

/** What passes the mailbox and is seen to before the next message. */
export type ControlItem =
  | { readonly kind: 'info'; readonly envelope: Envelope }
  /** The parent's exit signal for an actor that traps exits. */
  | { readonly kind: 'parent_exit'; readonly reason: ExitReason }
  | CodeItem
  | SystemItem;

export interface CodeItem {
  readonly kind: 'code';
  readonly behaviour: AnyBehaviour;
  readonly done: (result: CodeChangeResult) => void;
}

/** What OTP calls a system message: the runtime answers it, the behaviour does not hear of it. */
export interface SystemItem {
  readonly kind: 'suspend' | 'resume' | 'state' | 'status';
  /** Done: for `'state'` with the state. */
  readonly done: (value?: unknown) => void;
  /** The actor ended before. */
  readonly gone: () => void;
}
