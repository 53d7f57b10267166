import { BLOCK_HEADER } from '../block.js';
import type { NameHash } from '../name-hash.js';
import { LEDGER, bytesOf, hashHiOf, hashLoOf, recordLength, recordType, userOf } from '../record.js';

/** Users of the records of a block whose checksum does not fit: names whose hash does, as far as the lengths lead. */
export function namesIn(block: Buffer, hash: NameHash): Set<string> {
  const bytes = bytesOf(block);
  const names = new Set<string>();
  for (let at = BLOCK_HEADER; at + 24 <= block.length;) {
    const length = recordLength(bytes, at);
    if (length < 16 || at + length > block.length) break;
    if (recordType(bytes, at) !== LEDGER) {
      const user = userOf(bytes, at);
      hash.of(user);
      if (hash.hi === hashHiOf(bytes, at) && hash.lo === hashLoOf(bytes, at)) names.add(user);
    }
    at += length;
  }
  return names;
}
