import path from 'node:path';
import type { Backup } from '@mailbeam/router/store-maintenance';
import type { AdminAccess } from '../admin-access.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import type { Output } from '../output.js';
import { showingCopy } from './copy-progress.js';

/** A large store takes its time. */
const longestBackupMs = 3_600_000;

/** Has a running router copy its store into a directory of its machine, which is this one, and shows how far it is. */
export async function routerBackup(access: AdminAccess, to: string, output: Output): Promise<Backup> {
  try {
    const asked = (): Promise<unknown> => access.post('/store/backup', { dir: to }, longestBackupMs);
    return (await showingCopy(path.join(to, 'data.mdb'), 0, output, asked)) as Backup;
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.code === '') throw error;
    const { detail } = error.answer as { readonly detail?: unknown };
    throw new CliError(error.exitStatus, `${String(detail)} (${error.code})`, '', { cause: error });
  }
}
