import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Config } from './config/index.js';

export type { Logger } from 'pino';

/** The node's log: one JSON object a line on standard error. Bodies and tokens are never in it. */
export function makeLog(config: Config): Logger {
  return pino({ base: { pid: process.pid }, level: config.log.level }, pino.destination({ dest: 2, sync: false }));
}
