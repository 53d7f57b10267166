import { People } from './people.js';
import type { PeopleJob } from './people-jobs.js';

/** The entry of the people's process: jobs come by IPC one after the other, and it ends with its parent. */
const people = new People();

process.on('message', (job: PeopleJob) => {
  people.run(job).then(
    (count) => process.send?.({ ok: true, count }),
    (error: unknown) => process.send?.({ ok: false, message: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
