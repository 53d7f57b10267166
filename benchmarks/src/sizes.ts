/** How much work each row is. Times in ms. */
export interface Sizes {
  /** Alternating windows: bare, router, bare, router, ... */
  readonly pairs: number;
  readonly bodyBytes: number;
  readonly online: {
    readonly users: number;
    readonly unanswered: number;
    readonly warmMs: number;
    readonly windowMs: number;
  };
  readonly paced: { readonly perSecond: number; readonly warmMs: number; readonly windowMs: number };
  readonly store: {
    readonly senders: number;
    readonly unanswered: number;
    readonly users: number;
    readonly perUser: number;
  };
  /** The recipients log in over this time. */
  readonly drainOverMs: number;
  readonly million: { readonly users: number; readonly passes: number };
  readonly idle: { readonly low: number; readonly high: number; readonly passes: number; readonly settleMs: number };
  readonly memory: {
    readonly pending: number;
    readonly fewMailboxes: number;
    readonly manyMailboxes: number;
    readonly settleMs: number;
  };
  /** Processes that are measured in; in each every router has `turns` windows of so many rounds. */
  readonly traces: {
    readonly processes: number;
    readonly turns: number;
    readonly users: number;
    readonly unanswered: number;
    readonly warmRounds: number;
    readonly windowRounds: number;
  };
}

/** The sizes. */
export const FULL: Sizes = Object.freeze({
  pairs: 5,
  bodyBytes: 100,
  online: { users: 200, unanswered: 32, warmMs: 3000, windowMs: 3000 },
  paced: { perSecond: 4000, warmMs: 2000, windowMs: 5000 },
  store: { senders: 100, unanswered: 64, users: 2000, perUser: 50 },
  drainOverMs: 500,
  million: { users: 1_000_000, passes: 3 },
  idle: { low: 3000, high: 15_000, passes: 3, settleMs: 45_000 },
  memory: { pending: 2_000_000, fewMailboxes: 20, manyMailboxes: 1_000_000, settleMs: 10_000 },
  traces: { processes: 60, turns: 5, users: 50, unanswered: 32, warmRounds: 300, windowRounds: 80 },
});

/** Every row in small: shows that the machinery works, says nothing about speed. */
export const SHORT: Sizes = Object.freeze({
  pairs: 1,
  bodyBytes: 100,
  online: { users: 12, unanswered: 32, warmMs: 50, windowMs: 200 },
  paced: { perSecond: 400, warmMs: 50, windowMs: 200 },
  store: { senders: 4, unanswered: 64, users: 20, perUser: 10 },
  drainOverMs: 50,
  million: { users: 2000, passes: 1 },
  idle: { low: 20, high: 60, passes: 1, settleMs: 200 },
  memory: { pending: 2000, fewMailboxes: 10, manyMailboxes: 1000, settleMs: 200 },
  traces: { processes: 1, turns: 1, users: 10, unanswered: 8, warmRounds: 2, windowRounds: 2 },
});
