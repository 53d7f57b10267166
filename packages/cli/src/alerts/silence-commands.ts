import type { Kept, Silence } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { whoAmI } from '../code/load-command.js';
import { durationMs } from '../code/quantity.js';
import { tableLines } from '../code/table.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { durationText } from '../status-text.js';
import { asked, noteKept, rulesOf } from './alerts-access.js';
import { silenceTarget, targetText } from './silence-target.js';
import type { TargetFlags } from './silence-target.js';

export interface SilenceFlags extends AdminFlags, TargetFlags {
  readonly for: string;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** `mailbeam alerts silence`: keeps alerts from being told for a time. */
export async function silenceCommand(
  word: string | undefined,
  flags: SilenceFlags,
  output: Output,
): Promise<ExitStatus> {
  const forMs = durationMs('--for', flags.for);
  const access = await adminAccess(flags);
  const { rules } = await rulesOf(access);
  const names = rules.map(({ name }) => name);
  const target = silenceTarget(word, flags, names);
  const by = flags.by ?? whoAmI();
  const request = {
    ...{ ...target, forMs },
    ...(by !== '' && { by }),
    ...(flags.reason !== undefined && { comment: flags.reason }),
  };
  const silence = await asked<Silence & Kept>(access.post('/alerts/silences', request), access);
  if (flags.json === true) output.line(JSON.stringify(silence));
  else {
    const until = new Date(silence.until).toISOString();
    output.line(shownText(`${silence.id}: ${targetText(silence)}, until ${until} (${durationText(forMs)})`));
  }
  if (target.rule !== undefined && !target.rule.includes('*') && !names.includes(target.rule))
    output.note(`no rule is called ${shownText(target.rule)}; there are ${names.join(', ')}`);
  noteKept(silence.kept, output);
  return ExitCode.OK;
}

export interface SilencesFlags extends AdminFlags {
  readonly json?: boolean;
}

/** `mailbeam alerts silences`: those that have not ended. */
export async function silencesCommand(flags: SilencesFlags, output: Output): Promise<ExitStatus> {
  const access = await adminAccess(flags);
  const view = (await access.get('/alerts/silences')) as { readonly silences: readonly Silence[] };
  if (flags.json === true) output.line(JSON.stringify(view));
  else for (const line of silencesLines(view.silences, Date.now(), output)) output.line(line);
  return ExitCode.OK;
}

/** A table, the one that ends first on top. @param now ms since the epoch */
export function silencesLines(silences: readonly Silence[], now: number, output: Output): string[] {
  if (silences.length === 0) return ['nothing is silenced'];
  const rows = silences
    .toSorted((a, b) => a.until - b.until)
    .map(({ id, rule = '*', mailbox = '*', class: className = '*', until, by = '', comment = '' }) =>
      [id, rule, mailbox, className, durationText(Math.max(0, until - now)), by, comment].map(shownText),
    );
  const head = ['silence', 'rule', 'mailbox', 'class', 'ends in', 'by', 'reason'];
  const sides = head.map((title) => (title === 'ends in' ? 'right' : 'left'));
  return tableLines([head, ...rows], sides, output);
}

/** `mailbeam alerts unsilence`: ends silences, one after the other. */
export async function unsilenceCommand(
  ids: readonly string[],
  flags: SilencesFlags,
  output: Output,
): Promise<ExitStatus> {
  const access = await adminAccess(flags);
  for (const id of ids) {
    const route = `/alerts/silences/${encodeURIComponent(id)}`;
    const answer = await asked<{ readonly ended: string } & Kept>(access.delete(route), access);
    output.line(flags.json === true ? JSON.stringify(answer) : `${shownText(answer.ended)}: ended`);
    noteKept(answer.kept, output);
  }
  return ExitCode.OK;
}
