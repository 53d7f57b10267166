/**
 * The process that reads the store for `mailbeam store check`: a damaged file can end the process that maps it (SIGBUS,
 * SIGSEGV), and then the command is still there to say so.
 */
import { checkStore } from '@mailbeam/router/store-check';
import type { CheckProgress, StoreReport } from '@mailbeam/router/store-check';

/** What this process sends: progress, then a report or why there is none. */
export type CheckMessage =
  | { readonly type: 'progress'; readonly progress: CheckProgress }
  | { readonly type: 'report'; readonly report: StoreReport }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

const send = (message: CheckMessage): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

process.on('disconnect', () => process.exit());
try {
  const report = await checkStore(process.argv[2] ?? '', (progress) => void send({ type: 'progress', progress }));
  await send({ type: 'report', report });
} catch (error) {
  const { code } = error as { code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  await send({ type: 'failed', code: typeof code === 'string' ? code : 'internal', message });
}
process.exit();
