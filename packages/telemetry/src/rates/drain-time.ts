import { seenPart } from './decay.js';

/** A shorter look than this says nothing about a rate. */
const LEAST_LOOK_MS = 1_000;

/**
 * Seconds until a mailbox is empty at the pace of the last 10 s: depth / (out - in). 0 when nothing waits, Infinity when
 * it is not draining. Away, where nobody takes anything, it is undefined: there the caller has no use for it.
 *
 * @param netOut out - in, decaying over 10 s, per second
 * @param lookMs how long its consumer has been looked at: a decaying rate that began so lately is still rising
 */
export function drainSeconds(depth: number, netOut: number, lookMs: number): number {
  if (depth <= 0) return 0;
  if (netOut <= 0) return Infinity;
  return (depth * seenPart(Math.max(lookMs, LEAST_LOOK_MS), 10)) / netOut;
}
