export { mailboxClasses } from './mailbox-class.js';
export type { MailboxClass } from './mailbox-class.js';
export { MailboxStatistics } from './statistics/mailbox-statistics.js';
export type { MeasuredMailbox } from './statistics/slots.js';
export type { MailboxReading, Rates } from './statistics/mailbox-reading.js';
export type { ClassFigures } from './statistics/class-figures.js';
export { depthBounds } from './statistics/depth-distribution.js';
export type { Filler } from './statistics/heavy-hitters.js';
export { alertDefaults, statisticsDefaults, topDefaults } from './options.js';
export type { AlertOptions, StatisticsOptions, TopOptions } from './options.js';
export { TelemetryError, telemetryErrors } from './errors.js';
export type { TelemetryErrorCode, TelemetryErrorScope } from './errors.js';
export { ActorWatch } from './actors/actor-watch.js';
export { RestartCounts } from './actors/restart-counts.js';
export type { RestartCount } from './actors/restart-counts.js';
export { AlertEngine } from './alerts/alert-engine.js';
export type { AlertHost } from './alerts/alert-engine.js';
export { alertText, alertTitle } from './alerts/alert-text.js';
export type { Alert, AlertEvent, AlertFigures, ConsumerDetails } from './alerts/alert.js';
export type { AlertRule, Level, Severity, Signal, Threshold } from './alerts/alert-rule.js';
export type { SwitchedOff } from './alerts/switched-off-source.js';
export type { AlertLevel } from './alerts/alert-state.js';
export { defaultRules } from './alerts/default-rules.js';
export { alertRuleSchema, alertRulesSchema, parseRules } from './alerts/rule-schema.js';
export type { AlertRuleInput } from './alerts/rule-schema.js';
export { parseSilences, silenceTargetSchema } from './alerts/silence-schema.js';
export type { Silence, SilenceRequest } from './alerts/silences.js';
export { alertJson, drainJson } from './alerts/alert-json.js';
export type { AlertJson, DrainJson } from './alerts/alert-json.js';
export type { AlertSink, Delivery } from './sinks/alert-sink.js';
export { AlertmanagerSink } from './sinks/alertmanager-sink.js';
export type { AlertmanagerOptions } from './sinks/alertmanager-sink.js';
export { EventHub } from './sinks/event-hub.js';
export type { Follower } from './sinks/event-hub.js';
export { LogSink } from './sinks/log-sink.js';
export type { AlertLog } from './sinks/log-sink.js';
export { WebhookSink } from './sinks/webhook-sink.js';
export type { WebhookOptions } from './sinks/webhook-sink.js';
export type { EndpointOptions } from './sinks/endpoint.js';
export type { FormOptions } from './sinks/alertmanager-form.js';
export type { Cancel, TelemetryClock } from './clock.js';
export { DeliveryCounts } from './sinks/delivery-counts.js';
export { Telemetry } from './telemetry.js';
export type { TelemetryHost, TelemetryOptions } from './telemetry.js';
export { Metrics } from './metrics/metrics.js';
export type { Scrape } from './metrics/metrics.js';
export { FixedHistogram } from './metrics/fixed-histogram.js';
export { NodeHistograms } from './metrics/node-figures.js';
export type { DeadLetterFigures, NodeFigures } from './metrics/node-figures.js';
export { pseudonymOf, Pseudonyms } from './pseudonyms.js';
export { summarize } from './statistics/class-summary.js';
export type { ClassSummary } from './statistics/class-summary.js';
export { topMailboxes, topOrders } from './statistics/top-mailboxes.js';
export type { TopOrder } from './statistics/top-mailboxes.js';
export { columns } from './activity/columns.js';
export type { RouterReading, Sample } from './activity/columns.js';
export type { Column } from './activity/column.js';
export { Machine } from './activity/machine.js';
export { readProcess } from './activity/process-reading.js';
export { Recorder } from './activity/recorder.js';
export type { RecorderOptions } from './activity/recorder.js';
export type {
  SpanAttributes,
  SpanCounts,
  SpanExport,
  SpanExportOptions,
  SpanSide,
  SpanTrouble,
  TraceFigures,
  TraceSpan,
} from './traces/span-export.js';
