import type { LogView } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { durationMsWithin } from '../code/quantity.js';
import { tableLines } from '../code/table.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { durationText } from '../status-text.js';

export interface LogFlags extends AdminFlags {
  readonly area?: string;
  readonly for?: string;
  readonly json?: boolean;
}

/** `mailbeam log`: how much each area logs, or from now on is to log. */
export async function logCommand(level: string | undefined, flags: LogFlags, output: Output): Promise<ExitStatus> {
  if (level === undefined && (flags.area ?? flags.for) !== undefined)
    throw new CliError(ExitCode.USAGE, '--area and --for change a level: say which', '`mailbeam log debug --for 10m`');
  const forMs = flags.for === undefined ? undefined : durationMsWithin('--for', flags.for, '1ms', '24h');
  const access = await adminAccess(flags);
  let view: LogView;
  try {
    const change = { level, area: flags.area, forMs };
    view = (await (level === undefined ? access.get('/log') : access.put('/log', change))) as LogView;
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.code !== 'bad_option') throw error;
    throw new CliError(ExitCode.USAGE, (error.answer as { detail: string }).detail);
  }
  const lines = flags.json === true ? [JSON.stringify(view)] : levelLines(view, Date.now(), output);
  for (const line of lines) output.line(line);
  return ExitCode.OK;
}

/** A line for each area. @param now ms since the epoch */
export function levelLines({ areas }: LogView, now: number, output: Output): string[] {
  const rows = Object.entries(areas).map(([area, { level, until, usual }]) => {
    const left = until === null ? '' : `for ${durationText(Math.max(1_000, until - now))}, then ${usual}`;
    return [area, level, left];
  });
  return tableLines([['area', 'level', ''], ...rows], ['left', 'left', 'left'], output);
}
