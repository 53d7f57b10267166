import type { TallySnapshot } from './load-tally.js';

/** Users `prefix + first` to `prefix + (first + count - 1)`. */
export interface UserRange {
  readonly prefix: string;
  readonly first: number;
  readonly count: number;
}

/** What a parent asks of a load process; each is answered once. Groups of users have names of the caller's choice. */
export type LoadJob =
  | { readonly do: 'open'; readonly port: number; readonly window: number; readonly bodyBytes: number }
  /** Logs a range in, spread evenly over `overMs`; answers with the microseconds it took. */
  | { readonly do: 'login'; readonly group: string; readonly users: UserRange; readonly overMs: number }
  | { readonly do: 'logout'; readonly group: string }
  /** Everybody sends to the next of `ringSize` users, until `halt`. `perSecond` (of the whole group) paces them. */
  | {
      readonly do: 'ring';
      readonly group: string;
      readonly ringSize: number;
      readonly unanswered: number;
      readonly perSecond: number;
    }
  /** The group's users are senders `first`... of `senders`; each takes its share of the shuffled recipients. Answered when all is sent and answered. */
  | {
      readonly do: 'store';
      readonly group: string;
      readonly senders: number;
      readonly unanswered: number;
      readonly prefix: string;
      readonly users: number;
      readonly perUser: number;
      readonly seed: number;
    }
  /** Stops sending; answered when every SEND has its answer. */
  | { readonly do: 'halt'; readonly group: string }
  /** Counts so far, without histograms. */
  | { readonly do: 'counts' }
  /** Everything since the last `take`, and starts a new window. */
  | { readonly do: 'take' }
  /** CPU seconds that this load process has used, to show that it is not what limits. */
  | { readonly do: 'cpu' };

export interface JobCall {
  readonly id: number;
  readonly job: LoadJob;
}

export type JobResult =
  | { readonly id: number; readonly ok: true; readonly value: TallySnapshot | number | null }
  | { readonly id: number; readonly ok: false; readonly message: string };
