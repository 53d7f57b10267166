import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeEmptyDirectory } from '../backup.js';
import { StoreError } from '../errors.js';
import { inUse, ownerOf } from '../owner.js';
import { DataFile } from './data-file.js';
import type { UnreadMessage } from './damaged-block.js';
import { OldStore } from './old-store.js';
import { Rescue } from './rescue.js';
import type { Rescued } from './rescue.js';

/** What was taken over, and what was not. */
export interface Salvage extends Rescued {
  /** Everything that could not be read, a sentence each; at most {@link MOST_LOSSES}. */
  readonly lost: readonly string[];
  /** How many there were. */
  readonly losses: number;
  /**
   * Messages in blocks that could not be read, as far as it can be made out whose they are; at most {@link MOST_LOSSES}. Of what stands on pages that are not there nothing
   * is known. No receipt is made for them: what a damaged block says of itself may be wrong, and a receipt of kind 3 must be true for ever.
   */
  readonly unread: readonly Omit<UnreadMessage, 'key'>[];
}

export const MOST_LOSSES = 1_000;

/**
 * Copies what is readable in a damaged store into a new one. The old data file is read page by page without LMDB, and never
 * written to. A message whose erasure was lost waits again; clients show it once. What was accepted and is lost counts as
 * failed in the new ledger.
 * @param onProgress told how many messages were taken over
 * @throws StoreError `store_missing`, `store_in_use`, `directory_not_empty`, `store_corrupt` when nothing leads to a table
 */
export async function salvageStore(
  from: string,
  to: string,
  onProgress: (messages: number) => void = () => undefined,
): Promise<Salvage> {
  const owner = ownerOf(from);
  if (owner !== undefined) throw inUse(from, owner);
  const data = join(from, 'data.mdb');
  if (!existsSync(data)) throw new StoreError('store_missing', `there is no ${data}`);
  const lost: string[] = [];
  let losses = 0;
  const file = new DataFile(data);
  try {
    const old = new OldStore(file, (what) => {
      losses += 1;
      if (lost.length < MOST_LOSSES) lost.push(what);
    });
    await makeEmptyDirectory(to);
    const taken = await new Rescue(old, to, onProgress).run();
    const unread = old.unread
      .slice(0, MOST_LOSSES)
      .map(({ to: recipient, from: sender, origin, cid }) => ({ to: recipient, from: sender, origin, cid }));
    return { ...taken, lost, losses, unread };
  } finally {
    file.close();
  }
}
