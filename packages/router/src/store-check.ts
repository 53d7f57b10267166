/** What `mailbeam store check` needs of the store, without the server around it. */
export { checkStore } from '@mailbeam/store';
export type { CheckProgress, StoreReport } from '@mailbeam/store';
