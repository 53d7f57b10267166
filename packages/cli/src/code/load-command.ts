import { userInfo } from 'node:os';
import path from 'node:path';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { CodeAccess } from './code-access.js';
import type { LoadRequest } from './code-access.js';
import { durationMs, percent } from './quantity.js';
import { runOperation } from './run-operation.js';
import type { OperationFlags } from './run-operation.js';

export interface LoadFlags extends AdminFlags, OperationFlags {
  readonly dryRun?: boolean;
  readonly canary?: string;
  readonly gate?: string;
}

/** `mailbeam load`: has the router load a handler module, and shows how it goes. */
export async function loadCommand(fileOrName: string, flags: LoadFlags, output: Output): Promise<ExitStatus> {
  const request: LoadRequest = {
    file: fileOf(fileOrName),
    by: flags.by ?? whoAmI(),
    ...(flags.dryRun === true ? { dryRun: true } : {}),
    ...(flags.canary === undefined ? {} : { canary: percent('--canary', flags.canary) }),
    ...(flags.gate === undefined ? {} : { gateMs: durationMs('--gate', flags.gate) }),
  };
  const access = new CodeAccess(await adminAccess(flags));
  return runOperation(access, () => access.load(request), flags, output);
}

/** What looks like a path counts from the working directory; a name is the router's to find. */
function fileOf(text: string): string {
  const isPath = /[/\\]/.test(text) || /\.[cm]?[jt]sx?$/.test(text);
  return isPath ? path.resolve(text) : text;
}

/** Who is told to the audit log where nobody says. */
export function whoAmI(): string {
  try {
    return userInfo().username;
  } catch {
    return ''; // a user id without an entry has no name
  }
}
