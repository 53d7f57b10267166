import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { CodeAccess } from './code-access.js';
import { whoAmI } from './load-command.js';
import { runOperation } from './run-operation.js';
import type { OperationFlags } from './run-operation.js';

export interface RollbackFlags extends AdminFlags, OperationFlags {}

/** `mailbeam rollback`: the version before the live one takes over again, all at once. */
export async function rollbackCommand(name: string, flags: RollbackFlags, output: Output): Promise<ExitStatus> {
  const access = new CodeAccess(await adminAccess(flags));
  return runOperation(access, () => access.rollback(name, flags.by ?? whoAmI()), flags, output);
}
