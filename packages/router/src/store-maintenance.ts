/** What the commands `mailbeam store ...` need of the store, without the server around it. */
export {
  backupStore,
  checkStore,
  compactStore,
  migrateStore,
  restoreStore,
  salvageStore,
  tryStore,
} from '@mailbeam/store';
export type { Backup, CheckProgress, Compaction, Migration, Restoration, Salvage, StoreReport } from '@mailbeam/store';
