import { eachRecord } from './block.js';
import type { LmdbState } from './lmdb-state.js';
import * as record from './record.js';
import { hashHiOf, hashLoOf, keyOf } from './record.js';
import type { Bytes } from './record.js';

/** Makes the records of a flushed log block visible: at a commit, and again at every start until a checkpoint moves them. */
export function applyBlock(state: LmdbState, block: Bytes, blockNumber: number, where: string): void {
  const tail = state.active;
  state.applied += 1;
  const slotBlock = tail.slots.addBlock(block);
  tail.bytes += block.buffer.buffer.byteLength;
  tail.logEnd = blockNumber + 1;
  tail.logBlocks.push(blockNumber);
  eachRecord(block, where, (at) => {
    tail.records += 1;
    const type = record.recordType(block, at);
    if (type === record.APPEND) {
      tail.slots.append(slotBlock, at);
      state.countIn(block, at);
    } else applyOther(state, block, at, type);
  });
  state.countDeep();
}

function applyOther(state: LmdbState, block: Bytes, at: number, type: number): void {
  const tail = state.active;
  switch (type) {
    case record.ERASE_UP_TO:
      return eraseUpTo(state, record.userOf(block, at), hashHiOf(block, at), hashLoOf(block, at), keyOf(block, at));
    case record.ERASE:
      return erase(state, record.userOf(block, at), hashHiOf(block, at), hashLoOf(block, at), keyOf(block, at));
    case record.RECEIPT:
      return tail.receipts.put(record.userOf(block, at), record.receiptOf(block, at));
    case record.RECEIPT_ERASE: {
      const { peer, kind, origin, cid } = record.erasedReceiptOf(block, at);
      tail.hasErased = true;
      return tail.receipts.erase(record.userOf(block, at), peer, kind, origin, cid);
    }
    case record.SENDER:
      return tail.users.putSender(record.userOf(block, at), record.secondNameOf(block, at), record.senderOf(block, at));
    case record.ORIGIN:
      return tail.users.useOrigin(record.userOf(block, at), record.usedOriginOf(block, at));
    case record.LEDGER:
      tail.ledger = record.ledgerOf(block, at);
  }
}

function eraseUpTo(state: LmdbState, user: string, hi: number, lo: number, key: number): void {
  const name = Buffer.from(user);
  let fromFrozen = 0;
  for (const tail of [state.frozen, state.active]) {
    const group = tail?.slots.group(hi, lo) ?? -1;
    if (tail === undefined || group === -1) continue;
    tail.slots.eraseUpTo(group, name, key, (slot) => {
      state.countOut(tail.slots.block(slot), tail.slots.at(slot));
      if (tail === state.frozen) fromFrozen += 1;
    });
  }
  const isLate = fromFrozen > 0 && state.frozenIsBeingWritten;
  state.active.hasErased = true;
  if (!isLate && !state.runsMayHold(hi, lo)) return;
  const mark = state.active.mark(user, hi, lo);
  if (mark.upTo < key) mark.upTo = key;
  state.uncounted.add(mark);
  // What the checkpoint has written already comes into the runs uncovered by any count: count before it does.
  if (isLate) state.countMark(mark);
  else if (state.deep.has(hi, lo)) state.deepMarks.add(mark);
}

function erase(state: LmdbState, user: string, hi: number, lo: number, key: number): void {
  const name = Buffer.from(user);
  state.active.hasErased = true;
  for (const tail of [state.frozen, state.active]) {
    const group = tail?.slots.group(hi, lo) ?? -1;
    if (tail === undefined || group === -1) continue;
    const slot = tail.slots.erase(group, name, key);
    if (slot === -1) continue;
    state.countOut(tail.slots.block(slot), tail.slots.at(slot));
    if (tail === state.frozen && state.frozenIsBeingWritten) state.active.mark(user, hi, lo).addSingle(key, true);
    return;
  }
  if (!state.runsMayHold(hi, lo) || state.frozen?.marks.get(user)?.covers(key) === true) return;
  const mark = state.active.mark(user, hi, lo);
  if (mark.covers(key)) return;
  mark.addSingle(key, false);
  state.uncounted.add(mark);
  if (state.deep.has(hi, lo)) state.deepMarks.add(mark);
}
