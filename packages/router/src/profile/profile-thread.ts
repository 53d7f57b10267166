/** The thread of a profile: see profiler.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { CpuProfile } from './cpu-profile.js';
import { timeSplit } from './handler-times.js';
import type { ProfiledModule } from './handler-times.js';
import type { ProfileCost, ProfileData, ProfileMessage } from './profiler.js';
import { withSourcePlaces } from './source-places.js';

const { forMs, intervalUs, bundles, builtIns } = workerData as ProfileData;
const CHUNK_LETTERS = 64 << 10;
const TICK_MS = 10;

/** Told to end before its time. Listening keeps this thread alive: the session to the other one does not. */
const stopped = new Promise<void>((resolve) => parentPort!.once('message', () => resolve()));
const session = new Session();
session.connectToMainThread();

function post(method: string, params: object = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    session.post(method, params, (error, answer) => {
      if (error === null) resolve(answer);
      else reject(new Error(`${method}: ${error.message}`));
    });
  });
}

async function timed(method: string): Promise<[answer: unknown, ms: number]> {
  const begun = performance.now();
  const answer = await post(method);
  return [answer, performance.now() - begun];
}

function moduleOf(url: string): ProfiledModule | undefined {
  const builtIn = builtIns[url];
  if (builtIn !== undefined) return builtIn;
  if (!url.includes(bundles)) return undefined;
  const name = basename(url, '.cjs');
  const at = name.indexOf('@');
  return at === -1 ? undefined : { behaviour: name.slice(0, at), version: name.slice(at + 1) };
}

/** CPU time of the threads by which V8 takes samples, ms; 0 where the system does not tell. */
function samplerCpuMs(): number {
  try {
    return readdirSync('/proc/self/task').reduce((sum, task) => {
      const stat = readFileSync(`/proc/self/task/${task}/stat`, 'latin1');
      const end = stat.lastIndexOf(')');
      if (!stat.slice(0, end).includes('(v8:Prof')) return sum;
      const fields = stat.slice(end + 2).split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    }, 0);
  } catch {
    return 0;
  }
}

async function profile(): Promise<void> {
  await post('Profiler.enable');
  await post('Profiler.setSamplingInterval', { interval: intervalUs });
  const [, startMs] = await timed('Profiler.start');
  tell({ type: 'begun' });
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, forMs)));
  await Promise.race([over, stopped]);
  clearTimeout(timer);
  const samplerMs = samplerCpuMs();
  const [answer, stopMs] = await timed('Profiler.stop');
  session.disconnect();
  const raw = (answer as { profile: CpuProfile }).profile;
  const split = timeSplit(raw, moduleOf);
  const text = JSON.stringify(withSourcePlaces(raw));
  const chunks: string[] = [];
  for (let at = 0; at < text.length; at += CHUNK_LETTERS) chunks.push(text.slice(at, at + CHUNK_LETTERS));
  const cost: ProfileCost = { samples: raw.samples.length, startMs, stopMs, samplerMs, bytes: text.length };
  tell({
    type: 'done',
    summary: { profiledMs: (raw.endTime - raw.startTime - (raw.timeDeltas[0] ?? 0)) / 1_000, ...split, cost },
    chunks,
  });
}

function tell(message: ProfileMessage): void {
  parentPort!.postMessage(message);
}

// once a message has come nothing holds the thread but its timers
const alive = setInterval(() => undefined, 1_000);
const end = (): void => {
  clearInterval(alive);
  parentPort!.close();
};

profile().then(end, (error: unknown) => {
  tell({ type: 'failed', detail: error instanceof Error ? error.message : String(error) });
  end();
});
