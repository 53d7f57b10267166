import { LatencyHistogram } from './latency-histogram.js';
import type { HistogramSnapshot } from './latency-histogram.js';

/** What one process has done, as it crosses to the parent. Times in microseconds. */
export interface TallySnapshot {
  readonly sent: number;
  /** Answered with ACCEPTED. */
  readonly accepted: number;
  readonly rejected: number;
  readonly delivered: number;
  readonly receipts: number;
  readonly closed: number;
  /** The first thing that went wrong; '' when nothing did. */
  readonly fault: string;
  readonly acceptUs: HistogramSnapshot;
  readonly deliverUs: HistogramSnapshot;
}

/** Counts and latencies of all users of one process. */
export class LoadTally {
  sent = 0;
  accepted = 0;
  rejected = 0;
  delivered = 0;
  receipts = 0;
  closed = 0;
  fault = '';
  readonly acceptUs = new LatencyHistogram();
  readonly deliverUs = new LatencyHistogram();

  noteFault(what: string): void {
    if (this.fault === '') this.fault = what;
  }

  snapshot(): TallySnapshot {
    const { sent, accepted, rejected, delivered, receipts, closed, fault } = this;
    return {
      ...{ sent, accepted, rejected, delivered, receipts, closed, fault },
      acceptUs: this.acceptUs.snapshot(),
      deliverUs: this.deliverUs.snapshot(),
    };
  }

  /** Starts a new window. A fault stays: it spoils every window after it. */
  reset(): void {
    this.sent = this.accepted = this.rejected = this.delivered = this.receipts = 0;
    this.acceptUs.reset();
    this.deliverUs.reset();
  }
}
