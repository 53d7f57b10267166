import type { ReplayedView } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import { countText } from '../inspect/amount-text.js';
import type { Output } from '../output.js';
import { choiceOf } from './choice.js';
import type { ChoiceFlags } from './choice.js';

/** Why a letter stays in the box. */
const reasons: Readonly<Record<string, string>> = {
  gone: 'it is not there any more',
  unknown_recipient: 'its service does not run',
  mailbox_full: 'the mailbox of its service is full',
  unavailable: 'the disk of the router is nearly full',
};

/** `mailbeam deadletters replay`. */
export async function replayCommand(ids: readonly string[], flags: ChoiceFlags, output: Output): Promise<ExitStatus> {
  const choice = choiceOf(ids, flags);
  const access = await adminAccess(flags);
  const view = (await access.post('/deadletters/replay', choice)) as ReplayedView;
  if (flags.json === true) output.line(JSON.stringify(view));
  else {
    output.line(`${countText(view.replayed, 'dead letter')} sent again`);
    for (const { id, code } of view.failed) output.line(`${id}: ${reasons[code] ?? code}`);
  }
  return view.failed.length === 0 ? ExitCode.OK : ExitCode.ERROR;
}
