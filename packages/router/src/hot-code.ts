import { join } from 'node:path';
import { CodeServer } from '@mailbeam/code';
import type { CodeEvent, Culprit } from '@mailbeam/code';
import type { Config } from './config/index.js';
import type { Core } from './core.js';
import type { InterceptorTrouble } from './interceptors/interceptor-host.js';
import type { Logger } from './log/log.js';
import type { SessionModule } from './port/session-shell.js';
import { sharedModules } from './shared-modules.js';

/** How the node before this one ended: in good order or never begun, by a death, or by a version that held the loop. */
export type Ended = 'clean' | 'died' | Culprit;

/** Opens the code server of a node: what was live is started before the first client comes. */
export function openCode(
  core: Core,
  session: SessionModule,
  config: Config,
  ended: Ended,
  log: Logger,
  onEvent: (event: CodeEvent) => void,
): Promise<CodeServer> {
  const { handlers, gateMs, maxFailedMoves, checkTimeoutMs } = config.code;
  return CodeServer.open(
    {
      dir: join(config.data, 'code'),
      handlers,
      shared: sharedModules(),
      builtIns: [{ kind: 'session', name: session.name, version: session.version, module: session }],
      ended,
      onEvent: (event) => {
        logEvent(log, event);
        onEvent(event);
      },
      gateMs,
      maxFailedMoves,
      checkTimeoutMs,
    },
    [core.sessions, core.interceptors, core.services],
  );
}

function logEvent(log: Logger, { level, text, ...event }: CodeEvent): void {
  log[level]({ code: event }, text);
}

/** What went wrong in an interceptor, as a line of the log. */
export function logTrouble(log: Logger, trouble: InterceptorTrouble): void {
  const { name, version } = trouble;
  if (trouble.what === 'crashed') {
    log.error({ interceptor: name, version, err: trouble.error }, `the interceptor ${name} ${version} crashed`);
    return;
  }
  const then = trouble.whenOff === 'pass' ? 'messages pass without it' : 'messages are rejected';
  log.error(
    { interceptor: name, version, overruns: trouble.overruns },
    `the interceptor ${name} ${version} took too long ${trouble.overruns} times in a minute and is switched off: ${then}`,
  );
}
