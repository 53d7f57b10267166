import { BLOCK_HEADER, LOG_BLOCK, pagesOf, sealBlock } from './block.js';
import { StoreError } from './errors.js';
import type { Batch, Ledger, PendingMessage, PendingReceipt, ReceiptKind, SenderRecord } from './mailbox-store.js';
import type { NameHash } from './name-hash.js';
import * as record from './record.js';
import { bytesOf, writeText } from './record.js';
import type { Bytes } from './record.js';

/** Size of a full log block; a single record that does not fit gets a block of its own. */
export const LOG_BLOCK_BYTES = pagesOf(8);

/** Most bytes that a name or a code may come to in UTF-8. */
const MAX_NAME_BYTES = 255;

/** Encodes operations straight into log blocks; a body is copied once, here. */
export class LmdbBatch implements Batch {
  size = 0;
  bytes = 0;
  /** Complete blocks, in order; only after {@link LmdbBatch.seal}. */
  readonly blocks: Bytes[] = [];
  sealed = false;
  isDone = false;
  readonly #hash: NameHash;
  readonly #pool: Bytes[];
  #block: Bytes | undefined;
  #used = BLOCK_HEADER;
  #records = 0;
  #bodySum = 0;

  /** @param pool blocks of {@link LOG_BLOCK_BYTES} to use before new ones are made */
  constructor(hash: NameHash, pool: Bytes[]) {
    this.#hash = hash;
    this.#pool = pool;
  }

  append(user: string, message: PendingMessage): void {
    const { bytes: body, bodyStart, bodyEnd } = message;
    const bodyBytes = bodyEnd - bodyStart;
    const at = this.#start(
      record.APPEND,
      user,
      record.APPEND_FIXED + 3 * (user.length + message.from.length) + bodyBytes,
    );
    const { buffer, view } = this.#block as Bytes;
    view.setFloat64(at + 16, message.key, true);
    view.setFloat64(at + 24, message.cid, true);
    view.setFloat64(at + 32, message.origin, true);
    view.setFloat64(at + 40, message.ts, true);
    view.setFloat64(at + 48, message.expiresAt, true);
    view.setUint32(at + 56, bodyBytes, true);
    const end = this.#names(at, at + record.APPEND_FIXED, user, message.from);
    buffer.set(bodyStart === 0 && bodyEnd === body.length ? body : body.subarray(bodyStart, bodyEnd), end);
    this.#bodySum += bodyBytes;
    this.#end(at, end + bodyBytes);
  }

  eraseUpTo(user: string, key: number): void {
    this.#erase(record.ERASE_UP_TO, user, key);
  }

  erase(user: string, key: number): void {
    this.#erase(record.ERASE, user, key);
  }

  putReceipt(user: string, receipt: PendingReceipt): void {
    const at = this.#start(record.RECEIPT, user, 60 + 3 * (user.length + receipt.peer.length + receipt.code.length));
    const { buffer, view } = this.#block as Bytes;
    view.setFloat64(at + 16, receipt.key, true);
    view.setFloat64(at + 24, receipt.cid, true);
    view.setFloat64(at + 32, receipt.origin, true);
    view.setFloat64(at + 40, receipt.ts, true);
    view.setFloat64(at + 48, receipt.upTo, true);
    view.setUint32(at + 56, receipt.kind, true);
    const end = this.#names(at, at + 60, user, receipt.peer);
    const codeBytes = writeText(buffer, receipt.code, end);
    view.setUint8(at + 7, checkedLength(codeBytes));
    this.#end(at, end + codeBytes);
  }

  eraseReceipt(user: string, peer: string, kind: ReceiptKind, origin: number, cid: number): void {
    const at = this.#start(record.RECEIPT_ERASE, user, 36 + 3 * (user.length + peer.length));
    const { view } = this.#block as Bytes;
    view.setFloat64(at + 16, cid, true);
    view.setFloat64(at + 24, origin, true);
    view.setUint32(at + 32, kind, true);
    this.#end(at, this.#names(at, at + 36, user, peer));
  }

  putSender(user: string, client: string, sender: SenderRecord): void {
    const rejections = sender.rejections.length === 0 ? '' : JSON.stringify(sender.rejections);
    const at = this.#start(record.SENDER, user, 52 + 3 * (user.length + client.length + rejections.length));
    const { buffer, view } = this.#block as Bytes;
    view.setFloat64(at + 16, sender.origin, true);
    view.setFloat64(at + 24, sender.lastCid, true);
    view.setFloat64(at + 32, sender.highCid, true);
    view.setFloat64(at + 40, sender.usedAt, true);
    const end = this.#names(at, at + 52, user, client);
    const rejectionBytes = writeText(buffer, rejections, end);
    view.setUint32(at + 48, rejectionBytes, true);
    this.#end(at, end + rejectionBytes);
  }

  useOrigin(user: string, origin: number): void {
    const at = this.#start(record.ORIGIN, user, 24 + 3 * user.length);
    (this.#block as Bytes).view.setFloat64(at + 16, origin, true);
    this.#end(at, this.#names(at, at + 24, user, ''));
  }

  setLedger(ledger: Ledger): void {
    const at = this.#start(record.LEDGER, '', 40);
    const { view } = this.#block as Bytes;
    view.setFloat64(at + 16, ledger.accepted, true);
    view.setFloat64(at + 24, ledger.delivered, true);
    view.setFloat64(at + 32, ledger.failed, true);
    this.#end(at, this.#names(at, at + 40, '', ''));
  }

  /** Its blocks belong to the tail now: it can't be committed again. */
  finish(): void {
    this.isDone = true;
    this.blocks.length = 0;
  }

  /** Closes the last block; nothing can be added afterwards. Sealing twice changes nothing. */
  seal(): void {
    if (this.sealed) return;
    this.sealed = true;
    this.#finishBlock();
  }

  #erase(type: number, user: string, key: number): void {
    const at = this.#start(type, user, 24 + 3 * user.length);
    (this.#block as Bytes).view.setFloat64(at + 16, key, true);
    this.#end(at, this.#names(at, at + 24, user, ''));
  }

  /** Makes room for a record of at most `most` bytes and writes what all records have; returns its place. */
  #start(type: number, user: string, most: number): number {
    if (this.sealed) throw new StoreError('bad_operation', 'the batch was handed over');
    const room = most + 3;
    if (this.#block !== undefined && this.#used + room > this.#block.buffer.length) this.#finishBlock();
    if (this.#block === undefined) this.#beginBlock(room);
    const at = this.#used;
    const { view } = this.#block as unknown as Bytes;
    const hash = this.#hash;
    hash.of(user);
    view.setUint32(at + 4, type, true);
    view.setUint32(at + 8, hash.hi, true);
    view.setUint32(at + 12, hash.lo, true);
    return at;
  }

  #names(at: number, start: number, first: string, second: string): number {
    const { buffer, view } = this.#block as Bytes;
    const firstBytes = writeText(buffer, first, start);
    const secondBytes = writeText(buffer, second, start + firstBytes);
    view.setUint8(at + 5, checkedLength(firstBytes));
    view.setUint8(at + 6, checkedLength(secondBytes));
    return start + firstBytes + secondBytes;
  }

  #end(at: number, end: number): void {
    const { buffer, view } = this.#block as Bytes;
    let padded = end;
    while ((padded & 3) !== 0) buffer[padded++] = 0;
    view.setUint32(at, padded - at, true);
    this.#used = padded;
    this.#records += 1;
    this.size += 1;
    this.bytes += padded - at;
  }

  /** The first block of a batch is small, since most batches of a quiet router are. */
  #beginBlock(room: number): void {
    const usual = this.blocks.length === 0 && this.size === 0 ? FIRST_BLOCK_BYTES : LOG_BLOCK_BYTES;
    const bytes = Math.max(usual, BLOCK_HEADER + room);
    this.#block = (bytes === LOG_BLOCK_BYTES ? this.#pool.pop() : undefined) ?? bytesOf(Buffer.allocUnsafeSlow(bytes));
    this.#used = BLOCK_HEADER;
    this.#records = 0;
    this.#bodySum = 0;
  }

  #finishBlock(): void {
    if (this.#block === undefined) return;
    const block = bytesOf(this.#block.buffer.subarray(0, this.#used));
    sealBlock(block, LOG_BLOCK, this.#records, this.#bodySum);
    this.blocks.push(block);
    this.#block = undefined;
  }
}

const FIRST_BLOCK_BYTES = pagesOf(1);

function checkedLength(bytes: number): number {
  if (bytes > MAX_NAME_BYTES) throw new StoreError('bad_operation', `a name or code of ${bytes} bytes`);
  return bytes;
}
