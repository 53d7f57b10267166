import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { durationText } from '../status-text.js';

export interface ConsoleFlags extends AdminFlags {
  readonly json?: boolean;
}

/** `mailbeam console`: a link that opens the console once. */
export async function consoleCommand(flags: ConsoleFlags, output: Output): Promise<ExitStatus> {
  const admin = await adminAccess(flags);
  const { path, expiresAt } = (await admin.post('/console/links', {})) as { path: string; expiresAt: number };
  const url = admin.url + path;
  if (flags.json === true) {
    output.line(JSON.stringify({ url, expiresAt }));
    return ExitCode.OK;
  }
  output.line(url);
  output.note(
    `opens once, within ${durationText(Math.ceil((expiresAt - Date.now()) / 1000) * 1000)}; whoever opens it may do anything`,
  );
  return ExitCode.OK;
}
