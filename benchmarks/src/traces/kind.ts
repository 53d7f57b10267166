/** A router as it comes, one without the checks for traces, and one that traces a share of the messages. */
export type Kind = 'off' | 'without' | 'on';
export const KINDS: readonly Kind[] = ['off', 'without', 'on'];

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
