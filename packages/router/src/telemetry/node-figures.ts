import type { DeadLetterFigures, NodeFigures } from '@mailbeam/telemetry';
import type { Core } from '../core.js';

const NO_LETTERS: DeadLetterFigures = { kept: 0, bytes: 0, givenUp: new Map(), lost: new Map() };

/** What the metrics of a node are read from, at each scrape. */
export function nodeFigures(
  core: Core,
  connections: number,
  version: string,
  deadLetters: DeadLetterFigures = NO_LETTERS,
): NodeFigures {
  const { ledger, store } = core;
  return {
    version,
    pendingMessages: ledger.pending,
    pendingBytes: store.pending.bytes,
    mailboxesCounted: core.census?.isOver ?? true,
    elided: ledger.elided,
    accepted: ledger.accepted,
    delivered: ledger.delivered,
    failed: ledger.failed,
    imbalance: ledgerImbalance(core),
    connections,
    rejected: core.rejections.counts,
    runQueue: core.system.runQueueLength,
    deadLetters,
    traces: core.traces?.figures ?? null,
  };
}

/** 0 unless a message was lost or counted twice. What is on disk is only compared while no commit is under way. */
export function ledgerImbalance({ ledger, commits, store }: Core): number {
  return ledger.imbalance + (commits.underWay ? 0 : ledger.storeImbalance(store));
}
