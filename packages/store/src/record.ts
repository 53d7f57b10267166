/**
 * The records of which log blocks and run rows consist. Little-endian; every record is padded to a multiple of 4 bytes.
 *
 *     0  u32 length of the record, padding included
 *     4  u8  type          5 u8 bytes of the user's name     6 u8 bytes of the second name     7 u8 third, see below
 *     8  u32 hash of the user, upper half    12 u32 lower half
 *
 *     APPEND         16 f64 key  24 f64 cid  32 f64 origin  40 f64 ts  48 f64 expiresAt  56 u32 body bytes
 *                    60 user, from, body
 *     ERASE_UP_TO    16 f64 key  24 user                     ERASE  the same
 *     RECEIPT        16 f64 key  24 f64 cid  32 f64 origin  40 f64 ts  48 f64 upTo  56 u8 kind (7: bytes of the code)
 *                    60 user, peer, code
 *     RECEIPT_ERASE  16 f64 cid  24 f64 origin  32 u8 kind  36 user, peer
 *     SENDER         16 f64 origin  24 f64 lastCid  32 f64 highCid  40 f64 usedAt  48 u32 bytes of the rejections
 *                    52 user, client, rejections as JSON
 *     ORIGIN         16 f64 origin  24 user
 *     LEDGER         16 f64 accepted  24 f64 delivered  32 f64 failed
 */
import type {
  Ledger,
  PendingMessage,
  PendingReceipt,
  ReceiptKind,
  SenderRecord,
  StoredRejection,
} from './mailbox-store.js';

export const APPEND = 1;
export const ERASE_UP_TO = 2;
export const ERASE = 3;
export const RECEIPT = 4;
export const RECEIPT_ERASE = 5;
export const SENDER = 6;
export const ORIGIN = 7;
export const LEDGER = 8;

/** Bytes of an APPEND before its names. */
export const APPEND_FIXED = 60;
const NAMES_AT = [0, APPEND_FIXED, 24, 24, 60, 36, 52, 24, 40] as const;

/** Bytes of a block with a view on the same bytes. */
export interface Bytes {
  readonly buffer: Buffer;
  readonly view: DataView;
}

export function bytesOf(buffer: Buffer): Bytes {
  return { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength) };
}

export const recordLength = ({ view }: Bytes, at: number): number => view.getUint32(at, true);
export const recordType = ({ view }: Bytes, at: number): number => view.getUint8(at + 4);
export const hashHiOf = ({ view }: Bytes, at: number): number => view.getUint32(at + 8, true);
export const hashLoOf = ({ view }: Bytes, at: number): number => view.getUint32(at + 12, true);
export const keyOf = ({ view }: Bytes, at: number): number => view.getFloat64(at + 16, true);
export const cidOf = ({ view }: Bytes, at: number): number => view.getFloat64(at + 24, true);
export const originOf = ({ view }: Bytes, at: number): number => view.getFloat64(at + 32, true);
export const expiresAtOf = ({ view }: Bytes, at: number): number => view.getFloat64(at + 48, true);
export const bodyBytesOf = ({ view }: Bytes, at: number): number => view.getUint32(at + 56, true);

const namesAt = (bytes: Bytes, at: number): number => at + (NAMES_AT[recordType(bytes, at)] ?? 0);

/** The user of any record but LEDGER. */
export function userOf(bytes: Bytes, at: number): string {
  const start = namesAt(bytes, at);
  return bytes.buffer.toString('utf8', start, start + bytes.view.getUint8(at + 5));
}

/** The second name: the sender of an APPEND, the peer of a receipt, the client of a SENDER. */
export function secondNameOf(bytes: Bytes, at: number): string {
  const start = namesAt(bytes, at) + bytes.view.getUint8(at + 5);
  return bytes.buffer.toString('utf8', start, start + bytes.view.getUint8(at + 6));
}

function holds({ buffer }: Bytes, start: number, length: number, name: Buffer): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (buffer[start + i] !== name[i]) return false;
  return true;
}

/** Whether an APPEND waits for this user (two names may share a hash). */
export function isFor(bytes: Bytes, at: number, user: Buffer): boolean {
  return holds(bytes, at + APPEND_FIXED, bytes.view.getUint8(at + 5), user);
}

/** Whether an APPEND came from this sender. */
export function isFrom(bytes: Bytes, at: number, from: Buffer): boolean {
  return holds(bytes, at + APPEND_FIXED + bytes.view.getUint8(at + 5), bytes.view.getUint8(at + 6), from);
}

/** An APPEND as a message; `copy`: with a body of its own instead of a reference to these bytes. */
export function messageOf(bytes: Bytes, at: number, copy: boolean): PendingMessage {
  const { view, buffer } = bytes;
  const bodyBytes = bodyBytesOf(bytes, at);
  const start = at + APPEND_FIXED + view.getUint8(at + 5) + view.getUint8(at + 6);
  const bodyStart = copy ? 0 : start;
  return {
    key: keyOf(bytes, at),
    from: secondNameOf(bytes, at),
    origin: originOf(bytes, at),
    cid: cidOf(bytes, at),
    ts: view.getFloat64(at + 40, true),
    expiresAt: expiresAtOf(bytes, at),
    bytes: copy ? copied(buffer, start, bodyBytes) : buffer,
    bodyStart,
    bodyEnd: bodyStart + bodyBytes,
  };
}

function copied(buffer: Buffer, start: number, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  buffer.copy(copy, 0, start, start + length);
  return copy;
}

export function receiptOf(bytes: Bytes, at: number): PendingReceipt {
  const { view, buffer } = bytes;
  const codeStart = at + 60 + view.getUint8(at + 5) + view.getUint8(at + 6);
  return {
    key: keyOf(bytes, at),
    peer: secondNameOf(bytes, at),
    kind: view.getUint8(at + 56) as ReceiptKind,
    origin: originOf(bytes, at),
    cid: cidOf(bytes, at),
    ts: view.getFloat64(at + 40, true),
    code: buffer.toString('utf8', codeStart, codeStart + view.getUint8(at + 7)),
    upTo: view.getFloat64(at + 48, true),
  };
}

/** What a RECEIPT_ERASE erases. */
export function erasedReceiptOf(
  bytes: Bytes,
  at: number,
): { peer: string; kind: ReceiptKind; origin: number; cid: number } {
  const { view } = bytes;
  return {
    peer: secondNameOf(bytes, at),
    kind: view.getUint8(at + 32) as ReceiptKind,
    origin: view.getFloat64(at + 24, true),
    cid: view.getFloat64(at + 16, true),
  };
}

const NO_REJECTIONS: readonly StoredRejection[] = Object.freeze([]);

export function senderOf(bytes: Bytes, at: number): SenderRecord {
  const { view, buffer } = bytes;
  const start = at + 52 + view.getUint8(at + 5) + view.getUint8(at + 6);
  const length = view.getUint32(at + 48, true);
  return {
    origin: view.getFloat64(at + 16, true),
    lastCid: view.getFloat64(at + 24, true),
    highCid: view.getFloat64(at + 32, true),
    usedAt: view.getFloat64(at + 40, true),
    rejections:
      length === 0 ? NO_REJECTIONS : (JSON.parse(buffer.toString('utf8', start, start + length)) as StoredRejection[]),
  };
}

/** The origin of an ORIGIN or a SENDER. */
export const usedOriginOf = ({ view }: Bytes, at: number): number => view.getFloat64(at + 16, true);

export function ledgerOf({ view }: Bytes, at: number): Ledger {
  return {
    accepted: view.getFloat64(at + 16, true),
    delivered: view.getFloat64(at + 24, true),
    failed: view.getFloat64(at + 32, true),
  };
}

/** Writes text as UTF-8 and returns its length in bytes: a loop for ASCII, which names nearly always are. */
export function writeText(buffer: Buffer, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return buffer.write(text, at, 'utf8');
    buffer[at + i] = unit;
  }
  return text.length;
}
