import { readActivity } from '@mailbeam/router/activity';
import { CliError } from '../cli-error.js';
import { durationMs } from '../code/quantity.js';
import { configFor } from '../config-in-force.js';
import type { ConfigFlags } from '../config-flags.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { chosenColumns } from './sar-columns.js';
import { headLines, rowJson, secondLines, summaryLines } from './sar-text.js';

export interface SarFlags extends Pick<ConfigFlags, 'data' | 'config'> {
  readonly since: string;
  readonly columns?: string;
  readonly each?: boolean;
  readonly json?: boolean;
}

/** Columns of a page where no terminal says how many. */
const PAGE_COLUMNS = 120;

/** `mailbeam sar`: what the activity recorder has written. */
export async function sarCommand(flags: SarFlags, output: Output): Promise<ExitStatus> {
  const sinceMs = durationMs('--since', flags.since);
  const { config } = await configFor(flags);
  const activity = await readActivity(config.data, sinceMs === 0 ? Infinity : sinceMs);
  if (activity.rows.length === 0) {
    throw new CliError(
      ExitCode.ERROR,
      `nothing was recorded in ${config.data}`,
      '--data DIR names the data directory of the router; it records unless telemetry.recordedHours is 0',
    );
  }
  const places = chosenColumns(flags.columns, activity.columns);
  if (flags.json === true) {
    for (const row of activity.rows) output.line(rowJson(activity, row, places));
    if (activity.torn > 0) output.note(`mailbeam: records left out, torn or damaged: ${activity.torn}`);
    return ExitCode.OK;
  }
  const width = process.stdout.isTTY ? process.stdout.columns || PAGE_COLUMNS : PAGE_COLUMNS;
  const lines =
    flags.each === true ? secondLines(activity, places, output) : summaryLines(activity, places, width, output);
  for (const line of [...headLines(activity, Date.now(), output), '', ...lines]) output.line(line);
  return ExitCode.OK;
}
