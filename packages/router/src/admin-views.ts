/** What the admin port says of mailboxes and alerts, and alerts in words: for those who ask it. */
export type { MessageHeader, MessagesView } from './inspect/message-headers.js';
export { alertText } from '@mailbeam/telemetry/alert-text';
export type {
  Alert,
  AlertJson,
  AlertRule,
  AlertEvent,
  ClassSummary,
  MailboxClass,
  Silence,
  TopOrder,
} from '@mailbeam/telemetry';
export type { MailboxesView, MailboxRow } from './admin/mailbox-routes.js';
export type { AlertsView, Kept, RulesSource, RulesView } from './admin/alert-routes.js';
export type { DeadLetterRow, DeadLettersView, ReplayedView } from './admin/dead-letter-routes.js';
export type { ProfileLine } from './admin/profile-routes.js';
export type { HandlerTime } from './profile/handler-times.js';
export type { ProfileSummary } from './profile/profiler.js';
export type { LogView } from './admin/log-routes.js';
export type { TracesView } from './traces/tracing.js';
export type { SecondsView } from './telemetry/seconds.js';
export type { HistoryView } from './telemetry/history.js';
export type { StatusView } from './admin/routes.js';
export type { HandlerFile, HandlerFiles } from '@mailbeam/code';
