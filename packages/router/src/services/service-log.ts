import type { ServiceLog } from '@mailbeam/handler';
import type { Logger } from '../log/log.js';
import type { ServiceLogs } from './services-host.js';

/** Lets services write into the router's log, each line with the name and version of its module. */
export function serviceLogs(log: Logger): ServiceLogs {
  return (service, version): ServiceLog => {
    const write =
      (level: 'debug' | 'info' | 'warn' | 'error') =>
      (message: string, fields: object = {}): void =>
        log[level]({ service, version, ...fields }, message);
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  };
}
