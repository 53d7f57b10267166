import { batchSizes, FixedHistogram, turnSeconds, waitSeconds } from './fixed-histogram.js';

/** What a node counts itself, read at a scrape. */
export interface NodeFigures {
  readonly version: string;
  /** Accepted and neither acked nor failed, and the bytes of their bodies. */
  readonly pendingMessages: number;
  readonly pendingBytes: number;
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
