import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { inspectError, routeOf } from './inspect-access.js';

export interface DisconnectFlags extends AdminFlags {
  readonly json?: boolean;
}

interface Answer {
  readonly user: string;
  readonly disconnected: boolean;
}

/** `mailbeam disconnect`: ends the connection of a user. */
export async function disconnectCommand(user: string, flags: DisconnectFlags, output: Output): Promise<ExitStatus> {
  const route = `${routeOf('/users', user, {})}/disconnect`;
  const access = await adminAccess(flags);
  const answer = (await access.post(route, {}).catch((error: unknown) => {
    throw inspectError(error, access);
  })) as Answer;
  const { user: shown, disconnected } = answer;
  if (flags.json === true) output.line(JSON.stringify(answer));
  else output.line(disconnected ? `${shownText(shown)}: disconnected` : `${shownText(shown)}: was not connected`);
  return ExitCode.OK;
}
