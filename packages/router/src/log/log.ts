import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/index.js';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Parts of the router that log by themselves: `node` (its start, disk and end), `clients` (connections), `actors` (crashes),
 * `handlers` (what handler modules write), `code` (loads), `alerts`, `admin` (what operators do).
 */
export const logAreas = ['node', 'clients', 'actors', 'handlers', 'code', 'alerts', 'admin'] as const;
export type LogArea = (typeof logAreas)[number];

/** Standard error, at once: a log that is written later is not written by a process that dies. */
const STANDARD_ERROR = 2;

/** Where the log goes: a line of JSON each, or made for people. */
export function logDestination(format: Config['log']['format'], isTerminal: boolean): DestinationStream {
  if (format === 'json' || (format === 'auto' && !isTerminal))
    return pino.destination({ dest: STANDARD_ERROR, sync: false });
  const colorize = isTerminal && (process.env['NO_COLOR'] ?? '') === '';
  return pretty({ ...forPeople, destination: STANDARD_ERROR, sync: true, colorize });
}

/** What a line for people shows and how; an alert says in its text what its object has. */
export const forPeople = {
  ...{ translateTime: 'SYS:HH:MM:ss.l', messageFormat: '{area}: {msg}', singleLine: true },
  ignore: 'pid,area,alert',
};

/** The log that each area is a part of. Bodies and tokens are never in it, names of users as `privacy.clearNames` says. */
export function rootLog(destination: DestinationStream): Logger {
  return pino({ base: { pid: process.pid }, level: 'trace' }, destination);
}
