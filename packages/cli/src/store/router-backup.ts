import { statSync } from 'node:fs';
import path from 'node:path';
import type { Backup } from '@mailbeam/router/store-maintenance';
import type { AdminAccess } from '../admin-access.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import type { Output } from '../output.js';
import { megabytes } from './count.js';

/** A large store takes its time. */
const longestBackupMs = 3_600_000;
const showEveryMs = 500;

/** Has a running router copy its store into a directory of its machine, which is this one, and shows how far it is. */
export async function routerBackup(access: AdminAccess, to: string, output: Output): Promise<Backup> {
  const shown = setInterval(() => {
    const bytes = statSync(path.join(to, 'data.mdb'), { throwIfNoEntry: false })?.size ?? 0;
    output.progress(`${megabytes(bytes)} copied`);
  }, showEveryMs);
  try {
    return (await access.post('/store/backup', { dir: to }, longestBackupMs)) as Backup;
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.code === '') throw error;
    const { detail } = error.answer as { readonly detail?: unknown };
    throw new CliError(error.exitStatus, `${String(detail)} (${error.code})`, '', { cause: error });
  } finally {
    clearInterval(shown);
  }
}
