/**
 * A log block or a run row: a header and records. Little-endian.
 *
 *     0 u8 format (1)   1 u8 what: 1 log block, 2 run row, 3 row of a table   2 u16 number of records (0 in a table)
 *     4 u32 CRC32 of bytes 0..3 and of everything from byte 8   8 u32 sum of the body bytes of its messages
 *     12 records
 */
import { crc32 } from 'node:zlib';
import { StoreError } from './errors.js';
import { bytesOf, recordLength } from './record.js';
import type { Bytes } from './record.js';

export const BLOCK_FORMAT = 1;
export const BLOCK_HEADER = 12;
export const LOG_BLOCK = 1;
export const RUN_ROW = 2;
export const TABLE_ROW = 3;

/** LMDB gives a value over 2 KiB whole pages of 4,096 bytes, of which 24 are its own. */
export const pagesOf = (pages: number): number => pages * 4096 - 24;

export const recordCountOf = ({ view }: Bytes): number => view.getUint16(2, true);
export const bodySumOf = ({ view }: Bytes): number => view.getUint32(8, true);

const checksum = (block: Bytes, length: number): number =>
  crc32(block.buffer.subarray(8, length), block.view.getUint32(0, true));

/** Fills in the header of a complete block (exactly its bytes). */
export function sealBlock(block: Bytes, what: number, records: number, bodySum: number): void {
  block.view.setUint8(0, BLOCK_FORMAT);
  block.view.setUint8(1, what);
  block.view.setUint16(2, records, true);
  block.view.setUint32(8, bodySum, true);
  block.view.setUint32(4, checksum(block, block.buffer.length), true);
}

/**
 * Checks format, kind and checksum of a block read from disk, of which `block` holds the first `length` bytes.
 * @throws StoreError `store_corrupt`, with `where` in its message
 */
export function checkBlock(block: Bytes, length: number, what: number, where: () => string): void {
  if (length < BLOCK_HEADER) throw new StoreError('store_corrupt', `${where()} is cut off`);
  const intact = checksum(block, length) === block.view.getUint32(4, true);
  if (!intact) throw new StoreError('store_corrupt', `the checksum of ${where()} does not fit`);
  const fits = block.buffer[0] === BLOCK_FORMAT && block.buffer[1] === what;
  if (!fits) throw new StoreError('store_corrupt', `${where()} is of another kind`);
}

/** A checked block. @throws StoreError `store_corrupt`, with `where` in its message */
export function openBlock(buffer: Buffer, what: number, where: string): Bytes {
  const block = bytesOf(buffer);
  checkBlock(block, buffer.length, what, () => where);
  return block;
}

/** Calls `visit` with the place of each record of a block. */
export function eachRecord(block: Bytes, where: string, visit: (at: number) => void): void {
  const end = block.buffer.length;
  let at = BLOCK_HEADER;
  for (let left = recordCountOf(block); left > 0; left--) {
    const length = at + 16 <= end ? recordLength(block, at) : 0;
    if (length < 16 || at + length > end) throw new StoreError('store_corrupt', `a record of ${where} is cut off`);
    visit(at);
    at += length;
  }
}
