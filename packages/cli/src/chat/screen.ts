import type { Stage } from './stage.js';

/** Where a conversation is shown, and where its lines come from. */
export interface ChatScreen {
  /** A line of ours; `id` counts from 1. Shown as `sending`. */
  said(id: number, text: string, ts: number): void;
  /** The line `id` has come so far; `detail` says why when it goes no further. */
  reached(id: number, stage: Stage, detail: string): void;
  received(from: string, text: string, ts: number): void;
  /** Something about the connection or a person. */
  notice(text: string): void;
  /**
   * Calls `onLine` with each line that is entered, and settles when the input ends or the person leaves. A pipe waits for
   * `onLine` to settle before it goes on; a person types as they like.
   */
  read(onLine: (line: string) => Promise<void>): Promise<void>;
  /** Lets the terminal go. What is shown later is shown as plain lines. */
  close(): void;
}
