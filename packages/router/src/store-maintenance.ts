/** What the commands `mailbeam store ...` need of the store, without the server around it. */
export { checkStore, migrateStore, ownerOf, tryStore } from '@mailbeam/store';
export type { CheckProgress, Migration, Owner, StoreReport } from '@mailbeam/store';
