import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** When a row worked on a server, in microseconds of the machine's monotonic clock, which V8's profiles use too. */
export interface ProfiledWindow {
  readonly label: string;
  readonly fromUs: number;
  readonly toUs: number;
}

interface CpuProfile {
  readonly startTime: number;
  readonly nodes: readonly { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Functions shown for each row. */
const TOP = 25;

/** Keeps the windows of the processes `pids` beside the profiles that they write when they end. */
export function writeWindows(dir: string, pids: readonly number[], windows: readonly ProfiledWindow[]): void {
  for (const pid of pids) writeFileSync(join(dir, `windows.${pid}.json`), JSON.stringify(windows));
}

/** Where the CPU went, row by row: self time of the top functions over all windows of a row, of all profiles in `dir`. */
export function reportProfiles(dir: string): string {
  const totals = new Map<string, Map<string, number>>();
  for (const file of readdirSync(dir)) {
    const pid = /^CPU\.\d+\.\d+\.(\d+)\..*\.cpuprofile$/.exec(file)?.[1];
    if (pid === undefined) continue;
    const windows = readJson<ProfiledWindow[]>(join(dir, `windows.${pid}.json`));
    addProfile(totals, readJson<CpuProfile>(join(dir, file)), windows);
  }
  return [...totals].map(([label, functions]) => renderRow(label, functions)).join('\n\n');
}

function addProfile(
  totals: Map<string, Map<string, number>>,
  profile: CpuProfile,
  windows: readonly ProfiledWindow[],
): void {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  let at = profile.startTime;
  let window = 0;
  profile.samples.forEach((node, i) => {
    at += profile.timeDeltas[i] ?? 0;
    while (window < windows.length && windows[window]!.toUs < at) window++;
    const current = windows[window];
    if (current === undefined || current.fromUs > at) return;
    const place = names.get(node) ?? '?';
    const functions = totals.get(current.label) ?? new Map<string, number>();
    totals.set(current.label, functions.set(place, (functions.get(place) ?? 0) + (profile.timeDeltas[i + 1] ?? 0)));
  });
}

function placeOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.replace(/^.*\/(?=packages\/|node_modules\/)/, '');
  return file === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
}

function renderRow(label: string, functions: ReadonlyMap<string, number>): string {
  const busy = [...functions].filter(([place]) => place !== '(idle)').sort((a, b) => b[1] - a[1]);
  const total = busy.reduce((sum, [, micros]) => sum + micros, 0);
  const lines = busy
    .slice(0, TOP)
    .map(([place, micros]) => `${((micros / total) * 100).toFixed(1).padStart(6)} %  ${place}`);
  return [`${label}: ${(total / 1e6).toFixed(2)} s in JavaScript and what it calls`, ...lines].join('\n');
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
