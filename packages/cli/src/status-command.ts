import { adminAccess } from './admin-access.js';
import type { AdminFlags } from './admin-flags.js';
import { ExitCode } from './exit-code.js';
import type { ExitStatus } from './exit-code.js';
import type { Output } from './output.js';
import { statusLines } from './status-text.js';

export interface StatusFlags extends AdminFlags {
  readonly json?: boolean;
}

/** `mailbeam status`: what `/status` of the admin port says. */
export async function statusCommand(flags: StatusFlags, output: Output): Promise<ExitStatus> {
  const admin = await adminAccess(flags);
  const status = await admin.get('/status');
  if (flags.json === true) output.line(JSON.stringify(status));
  else for (const line of statusLines(status, admin.url, output)) output.line(line);
  return ExitCode.OK;
}
