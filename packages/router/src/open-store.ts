import { StoreError, openLmdbStore } from '@mailbeam/store';
import type { LmdbStore } from '@mailbeam/store';
import { RouterError, routerErrors } from './errors.js';
import type { RouterErrorCode } from './errors.js';
import type { Logger } from './log/log.js';

/**
 * Opens the store of a data directory; makes both where they are not there.
 * @throws RouterError with the store's own code, or `store_unavailable`
 */
export async function openStore(dir: string, log: Logger): Promise<LmdbStore> {
  try {
    return await openLmdbStore(dir, { onError: (error) => log.error({ err: error }, 'background work of the store') });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RouterError(codeOf(cause), `the store in ${dir} cannot be opened: ${reason}`, { cause });
  }
}

function codeOf(cause: unknown): RouterErrorCode {
  if (!(cause instanceof StoreError)) return 'store_unavailable';
  return cause.code in routerErrors ? (cause.code as RouterErrorCode) : 'store_unavailable';
}
