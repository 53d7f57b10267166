import type { ExitReason } from './exit-reason.js';

/** What is known of a crash. The last message is there as a shape only; an error's own text is what its author put into it. */
export interface CrashReport {
  readonly pid: number;
  readonly name: string | undefined;
  readonly behaviour: string;
  readonly version: string;
  readonly class: string;
  /** In which callback: `'terminate'` means that a planned end went wrong. */
  readonly phase: 'init' | 'handler' | 'wake' | 'terminate';
  /** Field names, types and lengths of the message in hand; see `shapeOf`. `undefined` when none was. */
  readonly lastMessage: string | undefined;
  /** Messages that waited behind it, and are lost with it. */
  readonly depth: number;
  readonly received: number;
  readonly handled: number;
  readonly reason: ExitReason;
  readonly stack: string | undefined;
  /** Clock reading of the turn, ms. */
  readonly at: number;
}
