/** What the activity recorder of a node has written, for those who have its data directory. */
export { readActivity } from '@mailbeam/telemetry/activity';
export type { Activity, ActivityColumn, ActivityRow, Unit } from '@mailbeam/telemetry/activity';
