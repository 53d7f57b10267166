import type { Victim } from './scenario.js';

/** What /status tells, as far as the crash test asks. */
export interface RouterStatus {
  /** Messages and nothing else. */
  readonly pendingMessages: number;
  readonly pending: number;
  readonly imbalance: number;
  readonly writesElided: number;
  /** Nothing is left to merge or erase. */
  readonly quiet: boolean;
}

/** The router of one round, and the ways in which it is treated badly. */
export interface RouterUnderTest {
  /** Where clients connect; known from the first start on, and the same for the round. */
  readonly url: string;
  /** Starts it and resolves when it is ready. */
  start(): Promise<void>;
  /** Starts it, kills everything after `ms`, and resolves when that is over. */
  startAndKill(ms: number): Promise<void>;
  /** Kills with SIGKILL. Resolves when the kill has happened; the router then comes up again by itself. */
  kill(victim: Victim): Promise<void>;
  /** Resolves when the process of the next node exists, after a kill. */
  nextNode(): Promise<void>;
  /** undefined while it does not answer. */
  status(): Promise<RouterStatus | undefined>;
  /** Ends it in good order. Returns what went wrong in that, '' if nothing. */
  stop(): Promise<string>;
  /** Checks the store of the router that has been stopped. Returns what was found, '' if it is clean. */
  checkStore(): Promise<string>;
  /** What it wrote into its log. */
  readonly output: string;
  /** Things about the processes that should not have happened. */
  readonly complaints: readonly string[];
  /** Ends whatever is left of it and removes its data, unless `keepData`. */
  dispose(keepData: boolean): Promise<void>;
}
