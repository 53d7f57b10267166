import path from 'node:path';
import type { Backup } from '@mailbeam/store';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

/** What these routes need of a node. */
export interface StoreHost {
  /** Copies the store into an empty directory, and resolves when the copy is on disk. */
  readonly backup: (to: string) => Promise<Backup>;
  /** A backup was made: for the log. */
  readonly onBackup: (backup: Backup) => void;
}

/** What an operator does with the store of a running node. */
export function storeRoutes({ backup, onBackup }: StoreHost): AdminRoute[] {
  return [
    {
      method: 'POST',
      path: '/store/backup',
      async handle(_params, _query, { dir }) {
        if (typeof dir !== 'string' || !path.isAbsolute(dir))
          return refused(
            400,
            'bad_option',
            'dir is the absolute path of a directory, new or empty, on the machine of the router',
          );
        try {
          const made = await backup(dir);
          onBackup(made);
          return { status: 200, body: made };
        } catch (error) {
          const { code, message } = error as { code?: unknown; message: string };
          return refused(409, code === 'directory_not_empty' ? code : 'backup_failed', message);
        }
      },
    },
  ];
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}
