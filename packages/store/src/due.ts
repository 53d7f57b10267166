import type { LmdbState } from './lmdb-state.js';
import type { DueMessage } from './mailbox-store.js';
import { bodyBytesOf, cidOf, expiresAtOf, keyOf, originOf, secondNameOf, userOf } from './record.js';
import { expiryKey, messageKeyOfExpiry, tableValue } from './table-row.js';
import type { ExpiryValue } from './table-row.js';
import type { Tail } from './tail.js';

interface Due {
  readonly expiresAt: number;
  readonly message: DueMessage;
}

/** Waiting messages whose `ttl` has ended, in the order of their ends, from the expiry table and the tails. */
export function dueMessages(state: LmdbState, now: number, limit: number): DueMessage[] {
  const due: Due[] = [];
  for (const tail of [state.frozen, state.active]) if (tail !== undefined) collectFromTail(tail, now, due);
  collectFromTable(state, now, limit, due);
  return due
    .sort((a, b) => a.expiresAt - b.expiresAt)
    .slice(0, limit)
    .map((entry) => entry.message);
}

function collectFromTail(tail: Tail, now: number, due: Due[]): void {
  const { slots } = tail;
  if (tail.nextExpiry(now) > now) return;
  for (const slot of slots.withTtl) {
    if (slots.isErased(slot)) continue;
    const bytes = slots.block(slot);
    const at = slots.at(slot);
    const expiresAt = expiresAtOf(bytes, at);
    if (expiresAt > now) continue;
    const message = {
      user: userOf(bytes, at),
      key: keyOf(bytes, at),
      from: secondNameOf(bytes, at),
      origin: originOf(bytes, at),
      cid: cidOf(bytes, at),
      bodyBytes: bodyBytesOf(bytes, at),
    };
    due.push({ expiresAt, message });
  }
}

/** A row may outlive its message (erased while a checkpoint wrote it, or a crash in one): each is looked up. */
function collectFromTable(state: LmdbState, now: number, limit: number, due: Due[]): void {
  if (state.nextExpiryRow > now) return; // it is asked a few times a second, mostly in vain
  let found = 0;
  const end = expiryKey(now + 0.5, 0, 0, 0);
  for (const { key, value } of state.disk.expiry.getRange({ start: expiryKey(0, 0, 0, 0), end })) {
    if (found >= limit) break;
    const [user, from, origin, cid, bodyBytes] = tableValue<ExpiryValue>(value, 'expiry', key);
    const message = { user, key: messageKeyOfExpiry(key), from, origin, cid, bodyBytes };
    if (!isInRuns(state, user, message.key)) continue;
    found += 1;
    due.push({ expiresAt: key.readDoubleBE(0), message });
  }
  if (found === 0) state.nextExpiryRow = firstExpiry(state);
}

function firstExpiry(state: LmdbState): number {
  for (const key of state.disk.expiry.getKeys({ limit: 1 })) return key.readDoubleBE(0);
  return Infinity;
}

function isInRuns(state: LmdbState, user: string, key: number): boolean {
  const covered =
    state.active.marks.get(user)?.covers(key) === true || state.frozen?.marks.get(user)?.covers(key) === true;
  if (covered) return false;
  const wanted = state.wanted(user, key - 1, key + 1);
  return state.runCursors(wanted).some((cursor) => {
    const isThere = cursor.next();
    cursor.close();
    return isThere;
  });
}
