import type { AlertsView } from '@mailbeam/router/admin-views';
import { setTimeout as after } from 'node:timers/promises';
import { adminAccess } from '../admin-access.js';
import type { AdminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { alertsLines, changeLines } from './alert-lines.js';
import type { AlertChange } from './alert-lines.js';

export interface AlertsFlags extends AdminFlags {
  readonly follow?: boolean;
  readonly json?: boolean;
}

const RETRY_MS = 2_000;
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `mailbeam alerts`: what fires, and with --follow each change as it happens. */
export async function alertsCommand(flags: AlertsFlags, output: Output): Promise<ExitStatus> {
  const access = await adminAccess(flags);
  if (flags.follow === true) return follow(access, flags.json === true, output);
  const view = (await access.get('/alerts')) as AlertsView;
  const lines = flags.json === true ? [JSON.stringify(view)] : alertsLines(view, output);
  for (const line of lines) output.line(line);
  return ExitCode.OK;
}

/** A router that was there and has gone is waited for: it is started again, and what fires then is told anew. */
async function follow(access: AdminAccess, json: boolean, output: Output): Promise<ExitStatus> {
  const stop = new AbortController();
  for (const signal of stopSignals) process.once(signal, () => stop.abort());
  const seen = { id: '' };
  let wasThere = false;
  let isAway = false;
  while (!stop.signal.aborted) {
    try {
      if (!wasThere || isAway) await access.get('/alerts');
      if (isAway) output.note(`${access.url} answers again`);
      wasThere = true;
      isAway = false;
      for await (const value of access.events('/alerts/stream', seen, stop.signal)) {
        const change = value as AlertChange;
        const lines = json ? [JSON.stringify(change)] : [...changeLines(change, output), ''];
        for (const line of lines) output.line(line);
      }
    } catch (error) {
      if (!wasThere || !(error instanceof CliError) || error.exitStatus !== ExitCode.UNREACHABLE) throw error;
    }
    if (stop.signal.aborted) break;
    if (!isAway) output.note(`${access.url} has gone; trying again`);
    isAway = true;
    await after(RETRY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  return ExitCode.OK;
}
