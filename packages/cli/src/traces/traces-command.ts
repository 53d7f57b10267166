import type { TracesView } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { durationMsWithin, percent } from '../code/quantity.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { durationText } from '../status-text.js';

export interface TracesFlags extends AdminFlags {
  readonly sample?: string;
  readonly for?: string;
  readonly json?: boolean;
}

/** `mailbeam traces`: which share of the messages is traced, or from now on is to be. */
export async function tracesCommand(flags: TracesFlags, output: Output): Promise<ExitStatus> {
  if (flags.sample === undefined && flags.for !== undefined)
    throw new CliError(ExitCode.USAGE, '--for changes the share: say which', '`mailbeam traces --sample 1% --for 10m`');
  const sample = flags.sample === undefined ? undefined : shareOf(flags.sample);
  const forMs = flags.for === undefined ? undefined : durationMsWithin('--for', flags.for, '1ms', '24h');
  const access = await adminAccess(flags);
  let view: TracesView;
  try {
    view = (await (sample === undefined
      ? access.get('/traces')
      : access.put('/traces', { sample, forMs }))) as TracesView;
  } catch (error) {
    if (!(error instanceof AdminRefusal)) throw error;
    const { detail } = error.answer as { detail?: string };
    if (error.code === 'bad_option') throw new CliError(ExitCode.USAGE, detail!);
    if (error.code === 'no_collector') throw new CliError(ExitCode.ERROR, detail!);
    throw error;
  }
  const lines = flags.json === true ? [JSON.stringify(view)] : tracesLines(view, Date.now());
  for (const line of lines) output.line(line);
  return ExitCode.OK;
}

/** `1%`, `1` or `0`, as a share of 1. @throws CliError USAGE */
function shareOf(text: string): number {
  return /^0 ?%?$/.test(text) ? 0 : percent('--sample', text) / 100;
}

/** @param now ms since the epoch */
export function tracesLines({ endpoint, sample, until, usual, perSecond, figures }: TracesView, now: number): string[] {
  if (endpoint === '')
    return ['nothing is traced: there is no collector; traces.endpoint of the configuration names one'];
  const left = until === null ? '' : ` for ${durationText(Math.max(1_000, until - now))}, then ${share(usual)}`;
  const lines = [`${share(sample)} of the messages${left}, at most ${perSecond} a second, to ${endpoint}`];
  if (figures === null) return [...lines, 'nothing was traced since the start'];
  const { sampled, limited, open, spans } = figures;
  return [
    ...lines,
    `messages  ${sampled} traced, ${open} of them on their way, ${limited} over the limit`,
    `spans     ${spans.exported} exported, ${spans.failed} failed, ${spans.dropped} dropped`,
  ];
}

const share = (part: number): string => `${Number((part * 100).toPrecision(6))} %`;
