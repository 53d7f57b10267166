import { randomBytes } from 'node:crypto';
import { Disk } from './disk.js';
import { flushNames } from './durable-directory.js';
import { StoreError } from './errors.js';
import { compareFormat, hasDataFile, missing, readFormat, refuseUnknown, writeFormat } from './format-file.js';
import { putHeader, readHeader } from './header.js';
import type { Header } from './header.js';
import { claim, disown, impatient } from './owner.js';

/** From which version a store was brought to which; the same twice when it was up to date. */
export interface Migration {
  readonly from: number;
  readonly to: number;
}

/** What a header of version 1 has not. */
type HeaderOfVersion1 = Omit<Header, 'id' | 'originFloor'>;

/**
 * Brings a store of an older version up to date, where it lies. A crash in between leaves it as it was or up to date.
 * @throws StoreError `store_in_use`, `store_missing`, `store_corrupt`, or `format_unknown` for a newer version
 */
export async function migrateStore(dir: string): Promise<Migration> {
  const format = readFormat(dir);
  if (format !== undefined) refuseUnknown(format, dir);
  if (!hasDataFile(dir)) throw missing(dir, format);
  await claim(dir, impatient);
  let disk;
  try {
    disk = new Disk(dir);
    const header = readHeader(disk);
    if (header === undefined) throw new StoreError('store_corrupt', `there is no header row in ${dir}`);
    const { version } = header;
    refuseUnknown(header, dir);
    if (version > 1) compareFormat(dir, header); // one of version 1 has no id
    const migrated = version === 1 ? migratedFrom1(header) : header;
    if (migrated !== header) await put(disk, migrated);
    if (format?.version !== migrated.version) writeFormat(dir, migrated);
    await flushNames(dir);
    return { from: version, to: migrated.version };
  } finally {
    await disk?.close();
    disown(dir);
  }
}

/** Version 2 tells stores apart, and knows of origins that a restored backup does not. */
function migratedFrom1(header: HeaderOfVersion1): Header {
  return { ...header, version: 2, id: randomBytes(8).toString('hex'), originFloor: 0 };
}

async function put(disk: Disk, header: Header): Promise<void> {
  disk.startTurn();
  putHeader(disk, header);
  const written = disk.lastWritten;
  await written;
  await written?.flushed;
}
