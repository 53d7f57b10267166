import type { TraceFigures } from '../traces/span-export.js';
import { batchSizes, FixedHistogram, turnSeconds, waitSeconds } from './fixed-histogram.js';

/** Messages that were given up because their handling crashed again and again. */
export interface DeadLetterFigures {
  /** In the box, now. */
  readonly kept: number;
  /** Of their bodies. */
  readonly bytes: number;
  /** Since the start, by address of the service, kept or not; of a bounded number of services. */
  readonly givenUp: ReadonlyMap<string, number>;
  /** Of those, or pushed out by them, those that are in the box no more though no operator took them out; by reason. */
  readonly lost: ReadonlyMap<string, number>;
}

/** What a node counts itself, read at a scrape. */
export interface NodeFigures {
  readonly version: string;
  /** Accepted and neither acked nor failed, and the bytes of their bodies. */
  readonly pendingMessages: number;
  readonly pendingBytes: number;
  /** Every deep mailbox is in the statistics, also those that were on disk at the start. */
  readonly mailboxesCounted: boolean;
  /** Messages that were acked before they were written. */
  readonly elided: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly failed: number;
  /** accepted - delivered - failed - pending: 0. */
  readonly imbalance: number;
  readonly connections: number;
  /** Refusals by code. */
  readonly rejected: ReadonlyMap<string, number>;
  /** Actors that could run. */
  readonly runQueue: number;
  readonly deadLetters: DeadLetterFigures;
  /** Null: nothing was traced. */
  readonly traces: TraceFigures | null;
}

/** What the node observes while it works. */
export class NodeHistograms {
  /** From SEND to ACCEPTED, s. */
  readonly accept = new FixedHistogram(waitSeconds);
  /** From SEND to the hand-out to a recipient who is connected, s. */
  readonly deliver = new FixedHistogram(waitSeconds);
  /** One turn, s. */
  readonly turn = new FixedHistogram(turnSeconds);
  /** One commit, to its flush, s. */
  readonly commit = new FixedHistogram(waitSeconds);
  /** Messages of a commit. */
  readonly commitSize = new FixedHistogram(batchSizes);
}
