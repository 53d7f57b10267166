import { adminAccess } from '../admin-access.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import { countText } from '../inspect/amount-text.js';
import type { Output } from '../output.js';
import { choiceOf } from './choice.js';
import type { ChoiceFlags } from './choice.js';

/** `mailbeam deadletters purge`. */
export async function purgeCommand(ids: readonly string[], flags: ChoiceFlags, output: Output): Promise<ExitStatus> {
  const choice = choiceOf(ids, flags);
  const access = await adminAccess(flags);
  const answer = (await access.post('/deadletters/purge', choice)) as { readonly purged: number };
  output.line(flags.json === true ? JSON.stringify(answer) : purgedText(answer.purged, ids));
  return ExitCode.OK;
}

/** @param ids that were named; none where all were chosen */
export function purgedText(purged: number, ids: readonly string[]): string {
  const missing = new Set(ids).size - purged;
  return `${countText(purged, 'dead letter')} purged${missing > 0 ? `; not in the box: ${missing}` : ''}`;
}
