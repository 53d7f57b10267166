/** What the process of the people is told to do. Times in ms. */
export type PeopleJob =
  | { readonly do: 'login'; readonly port: number; readonly count: number; readonly overMs: number }
  /** Everybody talks: so many messages a second in all, one in `servicePart` of them to the service. */
  | { readonly do: 'talk'; readonly perSecond: number; readonly servicePart: number }
  | { readonly do: 'count' }
  /** Nobody says anything new; settles when everything has been answered and has arrived, or after `limitMs`. */
  | { readonly do: 'fall_silent'; readonly limitMs: number }
  | { readonly do: 'logout' };

/** What the people have seen so far. */
export interface PeopleCount {
  readonly connections: number;
  readonly closed: number;
  readonly sent: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly replies: number;
  readonly calls: number;
  /** What should not have been, the first of them; and how many. */
  readonly violations: readonly string[];
  readonly violationCount: number;
  /** Latencies since the last count, ms, from SEND to DELIVER. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}
