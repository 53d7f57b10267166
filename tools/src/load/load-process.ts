import { LoadGroups } from './load-groups.js';
import type { JobCall, JobResult } from './load-jobs.js';

/** The entry of a load process: jobs come by IPC, and it ends with its parent. */
const groups = new LoadGroups();

process.on('message', (call: JobCall) => {
  groups.run(call.job).then(
    (value) => answer({ id: call.id, ok: true, value }),
    (error: unknown) =>
      answer({ id: call.id, ok: false, message: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

function answer(result: JobResult): void {
  process.send?.(result);
}
