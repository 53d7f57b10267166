import { adminAccess } from '../admin-access.js';
import type { AdminAccess } from '../admin-access.js';
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
  const answer = await disconnect(await adminAccess(flags), user);
  const { user: shown, disconnected } = answer;
  if (flags.json === true) output.line(JSON.stringify(answer));
  else output.line(disconnected ? `${shownText(shown)}: disconnected` : `${shownText(shown)}: was not connected`);
  return ExitCode.OK;
}

/** @throws CliError when there is no such user */
export async function disconnect(access: AdminAccess, user: string): Promise<Answer> {
  try {
    return (await access.post(`${routeOf('/users', user, {})}/disconnect`, {})) as Answer;
  } catch (error) {
    throw inspectError(error, access);
  }
}
