/** The process of one {@link StoreJob}, which `runStoreJob` forks with the job as its argument. */
import { checkStore, migrateStore, tryStore } from '@mailbeam/router/store-maintenance';
import type { CheckProgress } from '@mailbeam/router/store-maintenance';
import type { StoreJob, StoreMessage, StoreResults } from './store-job.js';

const send = (message: StoreMessage): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
const tell = (progress: CheckProgress): void => void send({ type: 'progress', progress });

const workers: { readonly [K in keyof StoreResults]: (job: StoreJob) => Promise<StoreResults[K]> } = {
  check: ({ data }) => checkStore(data, tell),
  migrate: ({ data }) => migrateStore(data),
  try: ({ data }) => tryStore(data),
};

process.on('disconnect', () => process.exit());
try {
  const job = JSON.parse(process.argv[2] ?? '') as StoreJob;
  await send({ type: 'result', result: await workers[job.type](job) });
} catch (error) {
  const { code } = error as { code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  await send({ type: 'failed', code: typeof code === 'string' ? code : 'internal', message });
}
process.exit();
