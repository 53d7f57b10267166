import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Disk, makePrivate } from './disk.js';
import { flushNames, makeDurably } from './durable-directory.js';
import { StoreError } from './errors.js';
import { checkFormat, checkVersion, hasDataFile, writeFormat } from './format-file.js';
import { readHeader } from './header.js';
import { claim, disown, impatient } from './owner.js';

/** What a backup holds. */
export interface Backup {
  /** As it was given. */
  readonly dir: string;
  readonly bytes: number;
}

/**
 * Copies a store as it is at one moment into an empty directory, which it makes: the rows that are live, none of what was erased. What
 * is written to it meanwhile is not in the copy and is not held up; its file may grow. Resolves when the copy is on disk.
 * @throws StoreError `directory_not_empty`; an error of the file system
 */
export async function copyStore(disk: Disk, to: string): Promise<Backup> {
  const header = readHeader(disk);
  if (header === undefined) throw new StoreError('store_corrupt', `there is no header row in ${disk.dir}`);
  checkVersion(header, disk.dir);
  await makeEmptyDirectory(to);
  const file = join(to, 'data.mdb');
  try {
    await disk.copy(to);
    makePrivate(file);
    flushFile(file);
    writeFormat(to, header);
    await flushNames(to);
  } catch (error) {
    rmSync(file, { force: true }); // a part of a copy is not to be taken for one
    throw error;
  }
  return { dir: to, bytes: statSync(file).size };
}

/**
 * Backs up the store of a directory that nobody has open; a router backs up its own ({@link LmdbStore.backup}).
 * @throws StoreError `store_in_use`, `directory_not_empty`, `store_missing`, `store_corrupt`, `format_old`, `format_unknown`
 */
export async function backupStore(dir: string, to: string): Promise<Backup> {
  if (!existsSync(dir)) throw new StoreError('store_missing', `there is no directory ${dir}`);
  await claim(dir, impatient);
  let disk;
  try {
    checkFormat(dir);
    if (!hasDataFile(dir)) throw new StoreError('store_missing', `there is no store in ${dir}`);
    disk = new Disk(dir, true);
    return await copyStore(disk, to);
  } finally {
    await disk?.close();
    disown(dir);
  }
}

export function flushFile(file: string): void {
  const handle = openSync(file, 'r+');
  fsyncSync(handle);
  closeSync(handle);
}

/** Resolves when its name is on disk. @throws StoreError `directory_not_empty` */
export async function makeEmptyDirectory(dir: string): Promise<void> {
  await makeDurably(dir);
  if (readdirSync(dir).length > 0) throw new StoreError('directory_not_empty', dir);
}
