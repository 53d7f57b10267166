import type { AnyCall } from './call-types.js';

declare const accepts: unique symbol;
declare const answers: unique symbol;

/**
 * The identifier of an actor: what others hold to send to it, link with it or monitor it. Opaque: only `id` and its text are for reading.
 * A pid is never used for a second actor, and holding one does not keep the state of an actor that has ended.
 *
 * `M` is the type of the messages that the actor takes, `C` the calls that it answers (see `CallOf`). `Pid` alone is any actor's pid: enough to link, monitor or exit, not to send; what
 * it is asked by `call` is not checked.
 */
export interface Pid<in M = never, in C extends AnyCall = never> {
  /** Counts up from 1 in each system. */
  readonly id: number;
  readonly [accepts]?: (message: M) => void;
  readonly [answers]?: (call: C) => void;
  toString(): string;
}
