/** Reads back what the activity recorder has written, without what records. */
export { readActivity } from './read-activity.js';
export type { Activity, ActivityColumn, ActivityRow } from './read-activity.js';
export type { Unit } from './column.js';
