import path from 'node:path';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { showRead, showingCopy, sizeOf } from './copy-progress.js';
import { megabytes } from './count.js';
import { dataWithStore } from './data-directory.js';
import type { StoreFlags } from './data-directory.js';
import { runStoreJob } from './store-job.js';

/** `mailbeam store compact`: writes the data file anew without what is free in it. */
export async function compactCommand(flags: StoreFlags, output: Output): Promise<ExitStatus> {
  const data = await dataWithStore(flags);
  const copy = path.join(data, 'compact.tmp', 'data.mdb');
  const { bytesBefore, bytesAfter } = await showingCopy(copy, sizeOf(path.join(data, 'data.mdb')), output, () =>
    runStoreJob({ type: 'compact', data }, showRead(output)),
  );
  if (flags.json === true) output.line(JSON.stringify({ data, bytesBefore, bytesAfter }));
  else output.line(`${data}: ${megabytes(bytesBefore)} before, ${megabytes(bytesAfter)} now`);
  return ExitCode.OK;
}
