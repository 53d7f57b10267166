import type { StoreSpace } from '@mailbeam/store';
import type { Core } from '../core.js';
import type { DeadLetterBox } from '../dead-letters/dead-letter-box.js';
import type { DiskRoom } from '../disk-room.js';
import { ledgerImbalance } from '../telemetry/node-figures.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';
import type { Readiness } from './readiness.js';

/** What the routes show of a node besides its core. */
export interface NodeView {
  readonly core: Core;
  readonly room: DiskRoom;
  readonly box: DeadLetterBox;
  readonly space: StoreSpace;
  readonly version: string;
  readonly startedAt: number;
  readonly connections: number;
  readonly maxConnections: number;
  readonly draining: boolean;
  readonly readiness: Readiness;
}

/** The admin interface of a node. */
export function adminRoutes(node: NodeView): AdminRoute[] {
  return [
    { method: 'GET', path: '/healthz', open: true, handle: () => ok({ status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      open: true,
      handle: () => ({ status: node.readiness === 'ready' ? 200 : 503, body: { status: node.readiness } }),
    },
    { method: 'GET', path: '/status', handle: () => ok(status(node)) },
  ];
}

function ok(body: unknown): AdminAnswer {
  return { status: 200, body };
}

/** What `GET /status` answers. */
export type StatusView = ReturnType<typeof status>;

function status(node: NodeView) {
  const { core } = node;
  const { ledger, commits, store, limits } = core;
  return {
    version: node.version,
    pid: process.pid,
    uptimeMs: Math.round(performance.now() - node.startedAt),
    draining: node.draining,
    connections: node.connections,
    pendingMessages: ledger.pending,
    mailboxes: { counted: core.census?.isOver ?? true },
    ledger: {
      accepted: ledger.accepted,
      delivered: ledger.delivered,
      failed: ledger.failed,
      pending: ledger.pending,
      imbalance: ledgerImbalance(core),
    },
    writesElided: ledger.elided,
    commits: { flushed: commits.commits, messages: commits.messages },
    store: {
      quiet: store.quiet && commits.clean,
      messages: store.pending.messages,
      bytes: store.pending.bytes,
      ...node.space,
    },
    disk: {
      freeBytes: Number.isFinite(node.room.freeBytes) ? node.room.freeBytes : null,
      reserve: node.room.reserve,
      isTight: node.room.isTight,
    },
    deadLetters: { kept: node.box.count, bytes: node.box.bytes, dropped: node.box.dropped },
    logins: { waiting: core.admission.waiting, turnedAway: core.admission.turnedAway },
    mailboxesInMemory: core.mailboxesInMemory,
    actors: core.system.actorCount,
    sessionCrashes: core.crashes,
    rejected: Object.fromEntries(core.rejections.counts),
    limits: {
      connections: node.maxConnections,
      sendWindow: limits.sendWindow,
      maxMessageBytes: limits.maxMessageBytes,
      mailboxMessages: limits.mailboxMessages,
      mailboxBytes: limits.mailboxBytes,
    },
  };
}
