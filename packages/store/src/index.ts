export * from './mailbox-store.js';
export * from './errors.js';
export { LmdbStore, openLmdbStore } from './lmdb-store.js';
export { lmdbStoreDefaults } from './options.js';
export type { LmdbStoreOptions } from './options.js';
export { checkStore } from './check-store.js';
export type { CheckProgress, StoreReport } from './check-store.js';
