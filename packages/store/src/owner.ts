/**
 * Who has a store open for writing: the file `DATA/owner`, one line of JSON, there while a process has it open. LMDB itself
 * lets a second writer in, and its processes wait for each other for ever where a dying one overlaps with the next
 * (docs/decisions/0010).
 */
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StoreError } from './errors.js';

const OWNER_FILE = 'owner';
/** How often an owner touches its file, for those who cannot see its process: in another container, on another machine. */
const BEAT_MS = 1_000;
/** A node ends within 1 s of its parent's death; an owner elsewhere whose file is not touched in this time is dead. */
const WAIT_MS = 4_000;
const POLL_MS = 10;

/** How long somebody waits who wants a store. */
export interface Patience {
  /** For an owner whose process can be seen, to end, ms. */
  readonly hereMs: number;
  /** For one elsewhere, to touch its file, ms. */
  readonly elsewhereMs: number;
}

const patient: Patience = { hereMs: WAIT_MS, elsewhereMs: WAIT_MS };
/** For those who can do without. */
export const impatient: Patience = { hereMs: 0, elsewhereMs: WAIT_MS };

/** A process that has a store open. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When it opened the store, ISO 8601. */
  readonly since: string;
  /** When the process started, in clock ticks, so that a number that is used again is told apart. */
  readonly start: string;
  /** Boot and process namespace: a process is visible from the same place alone. */
  readonly place: string;
}

const beats = new Map<string, NodeJS.Timeout>();

/**
 * Takes the store of `dir` for this process. Of several that try at once one gets it. Waits for an owner that is on its way
 * out; a process may take a store that it has already.
 * @throws StoreError `store_in_use`, naming the owner
 */
export async function claim(dir: string, patience: Patience = patient): Promise<void> {
  const file = join(dir, OWNER_FILE);
  const mine = `${file}.${process.pid}`;
  const owner = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    start: startOf(process.pid),
    place,
  };
  writeFileSync(mine, `${JSON.stringify(owner)}\n`);
  try {
    while (!linked(mine, file)) {
      const { text } = await previousOwnerGone(dir, patience);
      removeStale(file, text);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  clearInterval(beats.get(dir));
  beats.set(dir, setInterval(() => beat(file), BEAT_MS).unref());
}

/** This process has closed it. */
export function disown(dir: string): void {
  clearInterval(beats.get(dir));
  beats.delete(dir);
  if (isMine(read(dir).owner)) rmSync(join(dir, OWNER_FILE), { force: true });
}

/** Whether a process has opened the store and not closed it in good order, be it alive or dead. */
export const wasLeftOpen = (dir: string): boolean => read(dir).text !== '';

/**
 * The process that has the store of `dir` open for writing; undefined when there is none, or it was killed. One in another
 * place is taken for alive.
 */
export function ownerOf(dir: string): Owner | undefined {
  const { owner } = read(dir);
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

/** The error that names an owner. */
export function inUse(dir: string, { pid, host, since }: Owner): StoreError {
  return new StoreError('store_in_use', `process ${pid} on ${host} has ${dir} open since ${since}`);
}

/** Resolves with what is left of the owner file. @throws StoreError `store_in_use` */
async function previousOwnerGone(dir: string, { hereMs, elsewhereMs }: Patience): Promise<{ text: string }> {
  const file = join(dir, OWNER_FILE);
  const begun = performance.now();
  const touched = touchedAt(file);
  for (;;) {
    const { text, owner } = read(dir);
    if (owner === undefined || isMine(owner) || !isAlive(owner)) return { text };
    if (owner.place !== place && touchedAt(file) !== touched) throw inUse(dir, owner);
    const waitedMs = performance.now() - begun;
    if (owner.place === place && waitedMs >= hereMs) throw inUse(dir, owner);
    if (owner.place !== place && waitedMs > elsewhereMs) return { text };
    await setTimeout(POLL_MS);
  }
}

/** Makes the file if there is none: two cannot both succeed. */
function linked(from: string, file: string): boolean {
  try {
    linkSync(from, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the file that a dead owner has left, unless another has taken its place meanwhile. */
function removeStale(file: string, text: string): void {
  const stale = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, stale);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // another was faster
    throw error;
  }
  if (readFileSync(stale, 'utf8') !== text) linked(stale, file);
  rmSync(stale, { force: true });
}

function beat(file: string): void {
  const now = new Date();
  utimes(file, now, now, () => undefined); // a beat that fails is one that did not come
}

function touchedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** `text` is '' when there is no file; `owner` undefined also when it is none. */
function read(dir: string): { readonly text: string; readonly owner: Owner | undefined } {
  let text;
  try {
    text = readFileSync(join(dir, OWNER_FILE), 'utf8');
  } catch {
    return { text: '', owner: undefined }; // nobody has it open
  }
  try {
    return { text, owner: JSON.parse(text) as Owner };
  } catch {
    const [pid = '', start = ''] = text.trim().split(' '); // of a version before FORMAT: process and start
    return { text, owner: { pid: Number(pid), host: hostname(), since: 'some time', start, place } };
  }
}

const isMine = (owner: Owner | undefined): boolean =>
  owner !== undefined && owner.place === place && owner.pid === process.pid && owner.start === startOf(process.pid);

function isAlive({ place: where, pid, start }: Owner): boolean {
  return where !== place || (start !== '' && startOf(pid) === start);
}

/** When a living process of this place started; '' for a dead one. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : (fields[19] ?? ''); // one that was killed and nobody has waited for yet is dead
  } catch {
    return ''; // it has ended, or this system has no /proc
  }
}

const place = placeOfThis();

function placeOfThis(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname(); // a system without /proc
  }
}
