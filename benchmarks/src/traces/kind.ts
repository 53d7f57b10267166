/**
 * A router as it comes, another of the same code (what they differ by is what the measurement cannot see), one without the checks for
 * traces, and one that traces a share of the messages.
 */
export type Kind = 'off' | 'twin' | 'without' | 'on';
export const KINDS: readonly Kind[] = ['off', 'twin', 'without', 'on'];

/** What a process is to measure. */
export interface MeasuredOrder {
  /** Copies of the checkout. */
  readonly roots: Readonly<Record<Kind, string>>;
  /** Who is first, second and last. */
  readonly kinds: readonly Kind[];
  readonly users: number;
  readonly unanswered: number;
  readonly bodyBytes: number;
  readonly warmRounds: number;
  readonly windowRounds: number;
  readonly turns: number;
  readonly share: number;
  /** Of the collector. */
  readonly endpoint: string;
}

/** CPU microseconds a message, window by window. */
export type Measurement = Readonly<Record<Kind, number[]>>;
