import type { Ledger } from './mailbox-store.js';
import type { Disk } from './disk.js';
import { tableRow, tableValue } from './table-row.js';
import type { Position } from './run.js';

export const FORMAT_ID = 'mailbeam-store';
/** 2: has an `id`, and `DATA/FORMAT` beside it; 1 had neither. */
export const FORMAT_VERSION = 2;

/** The one row of the table `meta`: written in the same transaction as what it speaks of. */
export interface Header {
  readonly format: typeof FORMAT_ID;
  readonly version: number;
  /** Random, 16 hexadecimal digits; the same as in `DATA/FORMAT`. */
  readonly id: string;
  /** When the directory was made, ms since the epoch. */
  readonly created: number;
  /** Seed of the hash of names, two numbers of 32 bits. */
  readonly seed: readonly [number, number];
  readonly openings: readonly number[];
  /** No origin up to this one is given any more: a restored backup does not know which were given since it was made. */
  readonly originFloor: number;
  /** Whether it was closed in good order. */
  readonly closed: boolean;
  /** Totals up to the log block `logStart`. */
  readonly ledger: Ledger;
  /** Messages and bytes in all runs together. */
  readonly messages: number;
  readonly bodyBytes: number;
  /** Oldest first; `names`: size of its filter; `low`: what of a run has moved into the target of the merge. */
  readonly runs: readonly { readonly id: number; readonly names: number; readonly low?: Position }[];
  readonly merge: { readonly target: number; readonly sources: readonly number[] } | null;
  /** Blocks below it are in the runs and tables. */
  readonly logStart: number;
}

const HEADER_KEY = Buffer.from('header');

export function putHeader(disk: Disk, header: Header): void {
  disk.put(disk.meta, HEADER_KEY, tableRow(header));
}

/**
 * The header of a directory, whatever its version; undefined in a new one.
 * @throws StoreError `store_corrupt`
 */
export function readHeader(disk: Disk): Header | undefined {
  const row = disk.meta.getBinary(HEADER_KEY);
  if (row === undefined) return undefined;
  return tableValue<Header>(row, 'meta', HEADER_KEY);
}
