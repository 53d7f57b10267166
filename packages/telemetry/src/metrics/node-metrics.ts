import type { Registry } from 'prom-client';
import type { RestartCounts } from '../actors/restart-counts.js';
import type { AlertEngine } from '../alerts/alert-engine.js';
import type { SwitchedOff } from '../alerts/switched-off-source.js';
import type { DeliveryCounts } from '../sinks/delivery-counts.js';
import { counter, gauge, single } from './instruments.js';
import type { NodeFigures, NodeHistograms } from './node-figures.js';
import { ReadHistogram } from './read-histogram.js';

/** What the metrics of a node are read from. */
export interface NodeSources {
  figures(): NodeFigures;
  /** Monotonic ms. */
  now(): number;
  switchedOff(): readonly SwitchedOff[];
  readonly histograms: NodeHistograms;
  readonly restarts: RestartCounts;
  readonly alerts: AlertEngine;
  readonly deliveries: DeliveryCounts;
}

/** The ledger, commits, the event loop, refusals, restarts and alerts. */
export function registerNodeMetrics(registry: Registry, sources: NodeSources): void {
  const { histograms, restarts, alerts, deliveries } = sources;
  const one = (read: (figures: NodeFigures) => number) => () => single(read(sources.figures()));

  gauge(registry, 'mailbeam_build_info', 'The version that runs; always 1.', ['version'], () => [
    [{ version: sources.figures().version }, 1],
  ]);
  gauge(
    registry,
    'mailbeam_pending_messages',
    'Messages accepted and neither acked nor failed.',
    [],
    one(({ pendingMessages }) => pendingMessages),
  );
  gauge(
    registry,
    'mailbeam_pending_bytes',
    'Bytes of the bodies of pending messages.',
    [],
    one(({ pendingBytes }) => pendingBytes),
  );
  gauge(
    registry,
    'mailbeam_mailboxes_counted',
    '1 once every deep mailbox is known; 0 while those on disk are counted after a start.',
    [],
    one(({ mailboxesCounted }) => (mailboxesCounted ? 1 : 0)),
  );
  counter(
    registry,
    'mailbeam_writes_elided_total',
    'Messages that were acked before they were written to disk.',
    [],
    one(({ elided }) => elided),
  );
  counter(
    registry,
    'mailbeam_accepted_total',
    'Messages accepted.',
    [],
    one(({ accepted }) => accepted),
  );
  counter(registry, 'mailbeam_settled_total', 'Messages delivered or failed.', ['outcome'], () => {
    const { delivered, failed } = sources.figures();
    return [
      [{ outcome: 'delivered' }, delivered],
      [{ outcome: 'failed' }, failed],
    ];
  });
  gauge(
    registry,
    'mailbeam_ledger_imbalance',
    'accepted - delivered - failed - pending; anything but 0 is a bug.',
    [],
    one(({ imbalance }) => imbalance),
  );
  gauge(
    registry,
    'mailbeam_connections',
    'Client connections.',
    [],
    one(({ connections }) => connections),
  );
  counter(registry, 'mailbeam_rejected_total', 'SENDs and READs rejected.', ['code'], () =>
    [...sources.figures().rejected].map(([code, count]) => [{ code }, count] as const),
  );
  gauge(
    registry,
    'mailbeam_dead_letters',
    'Messages in the dead-letter box.',
    [],
    one(({ deadLetters }) => deadLetters.kept),
  );
  counter(
    registry,
    'mailbeam_given_up_total',
    'Messages that were given up because they crashed their service again and again.',
    ['service'],
    () => [...sources.figures().deadLetters.givenUp].map(([service, count]) => [{ service }, count] as const),
  );
  counter(
    registry,
    'mailbeam_dead_letters_lost_total',
    'Messages that were given up and are in the box no more though no operator took them out.',
    ['reason'],
    () => [...sources.figures().deadLetters.lost].map(([reason, count]) => [{ reason }, count] as const),
  );
  gauge(
    registry,
    'mailbeam_run_queue',
    'Actors that could run.',
    [],
    one(({ runQueue }) => runQueue),
  );
  counter(
    registry,
    'mailbeam_actor_restarts_total',
    'Actors restarted by their supervisor.',
    ['behaviour', 'version'],
    () =>
      restarts.counts(sources.now()).map(({ behaviour, version, total }) => [{ behaviour, version }, total] as const),
  );
  gauge(
    registry,
    'mailbeam_interceptor_switched_off',
    'Interceptors that took too long and are switched off: messages pass without them, or are rejected; always 1.',
    ['interceptor', 'version', 'messages'],
    () =>
      sources.switchedOff().map(({ name, version, whenOff }) => {
        const messages = whenOff === 'pass' ? 'pass' : 'rejected';
        return [{ interceptor: name, version, messages }, 1] as const;
      }),
  );
  counter(registry, 'mailbeam_traced_messages_total', 'Messages chosen to be traced.', ['outcome'], () => {
    const { traces } = sources.figures();
    if (traces === null) return [];
    return [
      [{ outcome: 'traced' }, traces.sampled],
      [{ outcome: 'over_limit' }, traces.limited],
    ];
  });
  counter(registry, 'mailbeam_trace_spans_total', 'Spans by what became of them.', ['outcome'], () => {
    const { traces } = sources.figures();
    if (traces === null) return [];
    const { exported, failed, dropped } = traces.spans;
    return [
      [{ outcome: 'exported' }, exported],
      [{ outcome: 'failed' }, failed],
      [{ outcome: 'dropped' }, dropped],
    ];
  });
  gauge(registry, 'mailbeam_alerts', 'Mailboxes, behaviours and interceptors that fire.', ['rule', 'severity'], () =>
    alerts
      .firing()
      .flatMap(({ rule, warning, critical }) => [
        [{ rule, severity: 'warning' }, warning] as const,
        [{ rule, severity: 'critical' }, critical] as const,
      ]),
  );
  counter(registry, 'mailbeam_alert_deliveries_total', 'Tries to deliver alerts.', ['sink', 'outcome'], () =>
    deliveries.samples(),
  );
  new ReadHistogram('mailbeam_accept_seconds', 'From SEND to ACCEPTED.', histograms.accept, registry);
  new ReadHistogram(
    'mailbeam_deliver_seconds',
    'From SEND to the hand-out to a recipient who is connected.',
    histograms.deliver,
    registry,
  );
  new ReadHistogram(
    'mailbeam_loop_turn_seconds',
    'One turn of the router, handlers up to their first await.',
    histograms.turn,
    registry,
  );
  new ReadHistogram('mailbeam_commit_seconds', 'One group commit, to its flush.', histograms.commit, registry);
  new ReadHistogram('mailbeam_commit_size', 'Messages of a group commit.', histograms.commitSize, registry);
}
