/**
 * `DATA/FORMAT`: says which store lies in the directory, in one line of JSON that a person can read. It is written after the
 * store was made and is on disk before the first message is accepted: where it stands without a store, a store was lost.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './errors.js';
import { FORMAT_ID, FORMAT_VERSION } from './header.js';
import type { Header } from './header.js';

const FORMAT_FILE = 'FORMAT';

/** What the file says. */
export interface Format {
  readonly format: string;
  readonly version: number;
  /** The same as in the header row of the store: files of two stores are told apart. */
  readonly id: string;
  /** When the store was made, ISO 8601. */
  readonly created: string;
}

/** undefined where there is no file. @throws StoreError `store_corrupt` */
export function readFormat(dir: string): Format | undefined {
  const file = join(dir, FORMAT_FILE);
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { format, version, id, created } = JSON.parse(text) as Format;
    if (typeof version === 'number' && typeof format === 'string') return { format, version, id, created };
  } catch {
    // told below
  }
  throw new StoreError('store_corrupt', `${file} is no JSON with format, version, id and created`);
}

/** Whether there is something in the data file of a directory. */
export function hasDataFile(dir: string): boolean {
  return (statSync(join(dir, 'data.mdb'), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * To be asked before the data file is opened, which would make a new one.
 * @throws StoreError `store_missing`, `format_unknown`, `format_old` or `store_corrupt`
 */
export function checkFormat(dir: string): void {
  const format = readFormat(dir);
  if (format === undefined) return;
  checkVersion(format, dir);
  if (!hasDataFile(dir)) throw missing(dir, format);
}

/**
 * To be asked when the header was read.
 * @throws StoreError `store_missing` or `store_corrupt`
 */
export function compareFormat(dir: string, header: Header | undefined): void {
  const format = readFormat(dir);
  if (format === undefined) return;
  if (header === undefined) throw missing(dir, format);
  if (format.id !== header.id)
    throw new StoreError('store_corrupt', `FORMAT speaks of store ${format.id}, the data file is of ${header.id}`);
}

/** @throws StoreError `format_unknown` or `format_old` */
export function checkVersion(said: Pick<Format, 'format' | 'version'>, dir: string): void {
  refuseUnknown(said, dir);
  const { version } = said;
  if (version < FORMAT_VERSION)
    throw new StoreError('format_old', `${dir} has version ${version}, this is version ${FORMAT_VERSION}`);
}

/** What is of another format, or of a newer version. @throws StoreError `format_unknown` */
export function refuseUnknown({ format, version }: Pick<Format, 'format' | 'version'>, dir: string): void {
  if (format !== FORMAT_ID || !(version <= FORMAT_VERSION))
    throw new StoreError(
      'format_unknown',
      `${dir} has ${format} version ${version}, this is version ${FORMAT_VERSION}`,
    );
}

/** Writes the file; it is on disk once the names of the directory are flushed (durable-directory.ts). */
export function writeFormat(dir: string, { format, version, id, created }: Header): void {
  const text = JSON.stringify({ format, version, id, created: new Date(created).toISOString() } satisfies Format);
  const file = join(dir, FORMAT_FILE);
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w');
  writeSync(handle, `${text}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(fresh, file);
}

/** No data file where FORMAT speaks of a store, or where one was asked for. */
export function missing(dir: string, format: Format | undefined): StoreError {
  if (format === undefined) return new StoreError('store_missing', `there is no store in ${dir}`);
  const { id, created } = format;
  return new StoreError('store_missing', `${dir}/FORMAT speaks of store ${id}, made ${created}, and there is none`);
}
