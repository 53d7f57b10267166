/** The thread that works up a profile: see profiler.ts. */
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { timeSplit } from './handler-times.js';
import type { ProfiledModule } from './handler-times.js';
import type { ProfileData, WorkedUp } from './profiler.js';
import { withSourcePlaces } from './source-places.js';

const { profile, bundles, builtIns } = workerData as ProfileData;
const CHUNK_LETTERS = 64 << 10;

function moduleOf(url: string): ProfiledModule | undefined {
  const builtIn = builtIns[url];
  if (builtIn !== undefined) return builtIn;
  if (!url.includes(bundles)) return undefined;
  const name = basename(url, '.cjs');
  const at = name.indexOf('@');
  return at === -1 ? undefined : { behaviour: name.slice(0, at), version: name.slice(at + 1) };
}

const { startTime, endTime, timeDeltas } = profile;
const text = JSON.stringify(withSourcePlaces(profile));
const chunks: string[] = [];
for (let at = 0; at < text.length; at += CHUNK_LETTERS) chunks.push(text.slice(at, at + CHUNK_LETTERS));
const workedUp: WorkedUp = {
  profiledMs: (endTime - startTime - (timeDeltas[0] ?? 0)) / 1_000,
  split: timeSplit(profile, moduleOf),
  chunks,
};
parentPort!.postMessage(workedUp);
