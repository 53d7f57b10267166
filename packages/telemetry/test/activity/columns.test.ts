import { afterEach, expect, test } from '@jest/globals';
import { columns } from '../../src/activity/columns.js';
import type { Sample } from '../../src/activity/columns.js';
import { Machine } from '../../src/activity/machine.js';
import { readProcess } from '../../src/activity/process-reading.js';
import type { Telemetry } from '../../src/telemetry.js';
import { busyTelemetry } from '../metrics/telemetry-fixture.js';

let open: Telemetry | undefined;
afterEach(() => open?.close());

/** Where the totals of each metric are recorded; a new metric belongs here. */
const recordedAs: Readonly<Record<string, string>> = {
  mailbeam_mailbox_depth_messages: 'session.depth',
  mailbeam_mailbox_received_total: 'away.received',
  mailbeam_mailbox_handled_total: 'service.handled',
  mailbeam_mailbox_dropped_total: 'group.dropped',
  mailbeam_mailbox_oldest_seconds: 'system.oldest',
  mailbeam_mailboxes: 'session.mailboxes',
  mailbeam_pending_messages: 'router.pending',
  mailbeam_pending_bytes: 'router.pending_bytes',
  mailbeam_writes_elided_total: 'router.elided',
  mailbeam_accepted_total: 'router.accepted',
  mailbeam_settled_total: 'router.delivered',
  mailbeam_ledger_imbalance: 'router.imbalance',
  mailbeam_connections: 'router.connections',
  mailbeam_rejected_total: 'router.rejected',
  mailbeam_run_queue: 'router.run_queue',
  mailbeam_traced_messages_total: 'traces.messages',
  mailbeam_trace_spans_total: 'traces.exported',
  mailbeam_dead_letters: 'router.dead_letters',
  mailbeam_given_up_total: 'router.given_up',
  mailbeam_dead_letters_lost_total: 'router.letters_lost',
  mailbeam_actor_restarts_total: 'router.restarts',
  mailbeam_interceptor_switched_off: 'router.switched_off',
  mailbeam_alerts: 'alerts.critical',
  mailbeam_alert_deliveries_total: 'alerts.deliveries',
  mailbeam_accept_seconds: 'accept.time',
  mailbeam_deliver_seconds: 'deliver.time',
  mailbeam_loop_turn_seconds: 'turn.time',
  mailbeam_loop_held_seconds: 'loop.held',
  mailbeam_commit_seconds: 'commit.count',
  mailbeam_commit_size: 'commit.messages',
  process_cpu_seconds_total: 'node.user',
  process_resident_memory_bytes: 'node.rss',
  nodejs_heap_used_bytes: 'node.heap_used',
  nodejs_external_memory_bytes: 'node.external',
  nodejs_gc_duration_seconds: 'gc.time',
};

/** Series of single mailboxes, and what never changes while a node runs. */
const notRecorded = [
  ...['mailbeam_mailbox_top_depth', 'mailbeam_mailbox_top_stalled_seconds', 'mailbeam_mailbox_top_drain_seconds'],
  ...['mailbeam_build_info', 'mailbeam_mailboxes_counted', 'process_start_time_seconds', 'nodejs_heap_size_bytes'],
];

function sampleOf(telemetry: Telemetry): Sample {
  const machine = new Machine();
  const sample = { machine: machine.read(), process: readProcess(), router: telemetry.reading() };
  machine.close();
  return sample;
}

test('the totals of every metric are recorded', () => {
  const { metrics } = (open = busyTelemetry());
  expect([...Object.keys(recordedAs), ...notRecorded].toSorted()).toEqual([...metrics.names].toSorted());
  const names = columns.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.values(recordedAs)));
  expect(new Set(names).size).toBe(names.length);
});

test('every column says a number of what happens', () => {
  const sample = sampleOf((open = busyTelemetry()));
  const values = Object.fromEntries(columns.map(({ name, read }) => [name, read(sample)]));
  expect(values).toMatchObject({
    ...{ 'session.depth': 500, 'away.depth': 295, 'service.depth': 4_810, 'away.dropped': 5 },
    ...{ 'router.accepted': 1_000, 'router.delivered': 950, 'router.failed': 8, 'router.pending': 42 },
    ...{ 'router.connections': 17, 'router.restarts': 1, 'alerts.deliveries': 1, 'accept.count': 5 },
  });
  for (const value of Object.values(values)) expect(typeof value).toBe('number');
});
