/**
 * Rows of the small tables: a block header (block.ts) and a value as JSON. Keys begin with the user:
 *
 *     u32 upper, u32 lower half of the hash (big-endian)   u8 bytes of the name   name
 *     receipts: u8 kind, f64 origin, f64 cid (0 unless kind 3), peer      senders: client      users: nothing more
 *     expiry: f64 expiresAt, u32 hash, u32 hash, f64 key (all big-endian)
 */
import { BLOCK_HEADER, TABLE_ROW, checkBlock, sealBlock } from './block.js';
import { bytesOf } from './record.js';

export function tableRow(value: unknown): Buffer {
  const text = JSON.stringify(value);
  const row = Buffer.allocUnsafeSlow(BLOCK_HEADER + Buffer.byteLength(text));
  row.write(text, BLOCK_HEADER);
  sealBlock(bytesOf(row), TABLE_ROW, 0, 0);
  return row;
}

/**
 * The value of a row of a table; of its key, the hash of the user's name (of `expiry` the time) stands in an error.
 * @throws StoreError `store_corrupt`
 */
export function tableValue<T>(row: Buffer, table: string, key: Buffer): T {
  checkBlock(bytesOf(row), row.length, TABLE_ROW, () => rowName(table, key));
  return JSON.parse(row.toString('utf8', BLOCK_HEADER)) as T;
}

/** What an error calls a row of a table. */
export const rowName = (table: string, key: Buffer): string => `row ${key.toString('hex', 0, 8)} of the table ${table}`;

function userKey(hi: number, lo: number, user: string, more: number): Buffer {
  const nameBytes = Buffer.byteLength(user);
  const key = Buffer.allocUnsafe(9 + nameBytes + more);
  key.writeUInt32BE(hi, 0);
  key.writeUInt32BE(lo, 4);
  key.writeUInt8(nameBytes, 8);
  key.write(user, 9);
  return key;
}

export function receiptKey(
  hi: number,
  lo: number,
  user: string,
  kind: number,
  origin: number,
  idCid: number,
  peer: string,
): Buffer {
  const key = userKey(hi, lo, user, 17 + Buffer.byteLength(peer));
  const at = 9 + key.readUInt8(8);
  key.writeUInt8(kind, at);
  key.writeDoubleBE(origin, at + 1);
  key.writeDoubleBE(idCid, at + 9);
  key.write(peer, at + 17);
  return key;
}

/** Where the receipts of a user begin and, as `end`, a key after all of them. */
export function receiptRange(hi: number, lo: number, user: string): { start: Buffer; end: Buffer } {
  const end = userKey(hi, lo, user, 1);
  end[end.length - 1] = 0xff;
  return { start: userKey(hi, lo, user, 0), end };
}

export function senderKey(hi: number, lo: number, user: string, client: string): Buffer {
  const key = userKey(hi, lo, user, Buffer.byteLength(client));
  key.write(client, 9 + key.readUInt8(8));
  return key;
}

/** The user of a key of any table but expiry. */
export const userOfKey = (key: Buffer): string => key.toString('utf8', 9, 9 + key.readUInt8(8));

/** User and client of a key of the senders table. */
export function sendersOfKey(key: Buffer): { user: string; client: string } {
  const end = 9 + key.readUInt8(8);
  return { user: key.toString('utf8', 9, end), client: key.toString('utf8', end) };
}

export const originKey = (hi: number, lo: number, user: string): Buffer => userKey(hi, lo, user, 0);

export function expiryKey(expiresAt: number, hi: number, lo: number, key: number): Buffer {
  const bytes = Buffer.allocUnsafe(24);
  bytes.writeDoubleBE(expiresAt, 0);
  bytes.writeUInt32BE(hi, 8);
  bytes.writeUInt32BE(lo, 12);
  bytes.writeDoubleBE(key, 16);
  return bytes;
}

export const messageKeyOfExpiry = (key: Buffer): number => key.readDoubleBE(16);

/** What a row of the expiry table holds: user, from, origin, cid, body bytes. */
export type ExpiryValue = readonly [user: string, from: string, origin: number, cid: number, bodyBytes: number];
