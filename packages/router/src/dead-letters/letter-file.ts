import { createHash } from 'node:crypto';
import type { Message } from '../mailbox/request.js';

/** A message that was given up, without its body. */
export interface DeadLetter {
  /** 12 hexadecimal digits that follow from recipient, sender and number: the same message has the same. */
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  /** When the router took it, and when it gave it up; ms since the epoch. */
  readonly ts: number;
  readonly failedAt: number;
  readonly bodyBytes: number;
}

const LETTER_FORMAT = 1;
const NEW_LINE = 0x0a;

export const bodyOf = ({ bytes, bodyStart, bodyEnd }: Message): Uint8Array => bytes.subarray(bodyStart, bodyEnd);

export function letterOf(to: string, { from, origin, cid, ts, bodyBytes }: Message, failedAt: number): DeadLetter {
  const named = createHash('sha256').update(JSON.stringify([to, from, origin, cid]));
  return { id: named.digest('hex').slice(0, 12), to, from, origin, cid, ts, failedAt, bodyBytes };
}

/** A file of the box: a line of JSON, then the body as it is. */
export function encodeLetter(letter: DeadLetter, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ format: LETTER_FORMAT, ...letter })}\n`), body]);
}

/** undefined for a file that is not whole. */
export function decodeLetter(file: Buffer): { letter: DeadLetter; body: Uint8Array } | undefined {
  const end = file.indexOf(NEW_LINE);
  if (end === -1) return undefined;
  try {
    const { format, ...letter } = JSON.parse(file.toString('utf8', 0, end)) as DeadLetter & { format: number };
    const body = file.subarray(end + 1);
    return format === LETTER_FORMAT && body.length === letter.bodyBytes ? { letter, body } : undefined;
  } catch {
    return undefined; // not JSON: not whole
  }
}
