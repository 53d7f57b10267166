/** The process of one {@link StoreJob}, which `runStoreJob` forks with the job as its argument. */
import {
  backupStore,
  checkStore,
  compactStore,
  migrateStore,
  restoreStore,
  salvageStore,
  tryStore,
} from '@mailbeam/router/store-maintenance';
import type { JobProgress, StoreJob, StoreMessage } from './store-job.js';

const send = (message: StoreMessage): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

const tell = (progress: JobProgress): void => void send({ type: 'progress', progress });

function run(job: StoreJob): Promise<unknown> {
  const { data } = job;
  switch (job.type) {
    case 'backup':
      return backupStore(data, job.to);
    case 'check':
      return checkStore(data, tell);
    case 'compact':
      return compactStore(data, tell);
    case 'migrate':
      return migrateStore(data);
    case 'restore':
      return restoreStore(job.backup, data, tell);
    case 'salvage':
      return salvageStore(data, job.to, (messages) => void send({ type: 'progress', progress: { messages } }));
    case 'try':
      return tryStore(data);
  }
}

process.on('disconnect', () => process.exit());
try {
  await send({ type: 'result', result: await run(JSON.parse(process.argv[2] ?? '') as StoreJob) });
} catch (error) {
  const { code } = error as { code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  await send({ type: 'failed', code: typeof code === 'string' ? code : 'internal', message });
}
process.exit();
