import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openLmdbStore } from '@mailbeam/store';
import type { LmdbStore, PendingMessage } from '@mailbeam/store';
import { checkoutRoot } from '../checkout.js';

const USERS = 10;
const TURNS = 30;
const END = Number.MAX_SAFE_INTEGER;
/** What is small becomes runs, and merges of them, soon. */
const small = { checkpointRecords: 64, mergeRuns: 3, eraseDelayMs: 1, stepDelayMs: 0, stepBytes: 4_096 } as const;

/** Body of the message with this key. */
export const bodyOf = (key: number): string => `body of message ${key}. `.repeat(10);
const users = Array.from({ length: USERS }, (_, i) => `user ${i}`);

function message(key: number): PendingMessage {
  const bytes = Buffer.from(bodyOf(key));
  const bodyEnd = bytes.length;
  return { key, from: 'ann', origin: 1, cid: key, ts: key, expiresAt: 0, bytes, bodyStart: 0, bodyEnd };
}

/** Opens a store whose checkpoints and merges come after a few messages. */
export const openSmall = (dir: string): Promise<LmdbStore> => openLmdbStore(dir, small);

/** One commit: a message to each user, a receipt, a client, the ledger. @param turn counts from 0 */
export async function turnOver(store: LmdbStore, turn: number): Promise<void> {
  const batch = store.begin();
  for (const [i, user] of users.entries()) batch.append(user, message(turn * USERS + i + 1));
  const ofUser = `user ${turn % USERS}`;
  const receipt = { key: END, peer: 'bob', kind: 1, origin: 1, cid: turn + 1, ts: 1, code: '', upTo: 0 } as const;
  batch.putReceipt(ofUser, receipt);
  batch.putSender(ofUser, 'phone', { origin: 2, lastCid: turn, highCid: turn, usedAt: 1, rejections: [] });
  batch.useOrigin(ofUser, 7);
  batch.setLedger({ accepted: (turn + 1) * USERS, delivered: 0, failed: 0 });
  await store.commit(batch);
}

/** Makes a store with messages in runs and in the log. @param beforeClose sees it while it is open */
export async function makeStore(dir: string, beforeClose: () => void = () => undefined): Promise<void> {
  const store = await openSmall(dir);
  for (let turn = 0; turn < TURNS; turn++) await turnOver(store, turn);
  await store.settle();
  await turnOver(store, TURNS);
  beforeClose();
  await store.close();
}

/** What is in a store, user by user. */
export interface Kept {
  readonly user: string;
  readonly messages: readonly { readonly key: number; readonly cid: number; readonly body: string }[];
  /** Receipts, client and highest origin. */
  readonly rest: unknown;
}

/** Everything in the store of a directory that nobody has open. @throws StoreError */
export async function everythingIn(dir: string): Promise<readonly Kept[]> {
  const store = await openSmall(dir);
  try {
    return users.map((user) => ({
      user,
      messages: store.read(user, -1, END, 100_000, 1e9).map(({ key, cid, bytes, bodyStart, bodyEnd }) => {
        return { key, cid, body: Buffer.from(bytes).toString('utf8', bodyStart, bodyEnd) };
      }),
      rest: [store.receipts(user), store.sender(user, 'phone'), store.highestOrigin(user), store.ledger],
    }));
  } finally {
    await store.close();
  }
}

type Row = Record<string, unknown>;

/** Makes a closed store one of version 1, which had neither an id nor a FORMAT. */
export async function makeVersion1(dir: string): Promise<void> {
  const from = join(checkoutRoot, 'packages/store/dist');
  const { Disk } = (await import(join(from, 'disk.js'))) as { Disk: new (dir: string) => HeaderDisk };
  const { putHeader, readHeader } = (await import(join(from, 'header.js'))) as {
    putHeader: (disk: HeaderDisk, header: Row) => void;
    readHeader: (disk: HeaderDisk) => Row;
  };
  const disk = new Disk(dir);
  const { id: _, originFloor: __, ...header } = readHeader(disk);
  disk.startTurn();
  putHeader(disk, { ...header, version: 1 });
  await disk.lastWritten;
  await disk.close();
  rmSync(join(dir, 'FORMAT'));
}

interface HeaderDisk {
  readonly lastWritten: Promise<unknown> | undefined;
  startTurn(): void;
  close(): Promise<void>;
}
