import { BLOCK_HEADER } from '../block.js';
import type { NameHash } from '../name-hash.js';
import {
  APPEND,
  LEDGER,
  bytesOf,
  cidOf,
  hashHiOf,
  hashLoOf,
  keyOf,
  originOf,
  recordLength,
  recordType,
  secondNameOf,
  userOf,
} from '../record.js';

/** A message that stands in a block whose checksum does not fit: it is not taken over, and what it says of itself may be wrong too. */
export interface UnreadMessage {
  readonly to: string;
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  readonly key: number;
}

/** What can be made out of a damaged block. */
export interface Traces {
  readonly users: ReadonlySet<string>;
  readonly messages: readonly UnreadMessage[];
}

/** Of the records of a block whose checksum does not fit those of users whose hash does, as far as the lengths lead. */
export function tracesIn(block: Buffer, hash: NameHash): Traces {
  const bytes = bytesOf(block);
  const users = new Set<string>();
  const messages: UnreadMessage[] = [];
  for (let at = BLOCK_HEADER; at + 24 <= block.length;) {
    const length = recordLength(bytes, at);
    if (length < 16 || at + length > block.length) break;
    const type = recordType(bytes, at);
    if (type !== LEDGER) {
      const to = userOf(bytes, at);
      hash.of(to);
      if (hash.hi === hashHiOf(bytes, at) && hash.lo === hashLoOf(bytes, at)) {
        users.add(to);
        if (type === APPEND && length >= 60) {
          const [from, origin, cid] = [secondNameOf(bytes, at), originOf(bytes, at), cidOf(bytes, at)];
          const isPlausible = from !== '' && Number.isSafeInteger(origin) && Number.isSafeInteger(cid) && cid > 0;
          if (isPlausible) messages.push({ to, from, origin, cid, key: keyOf(bytes, at) });
        }
      }
    }
    at += length;
  }
  return { users, messages };
}
