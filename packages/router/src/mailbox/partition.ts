import { PARTITIONS } from '../seams/placement.js';

/** Keys are opening * 2^33 + counter: 2^20 openings of 2^33 entries each stay below 2^53. */
const KEYS_PER_OPENING = 2 ** 33;

/** A fixed share of all users, by hash of the name: the unit of placement, and the source of its mailboxes' keys. */
export class Partition {
  readonly number: number;
  #last: number;

  constructor(number: number, opening: number) {
    this.number = number;
    this.#last = opening * KEYS_PER_OPENING;
  }

  /** The next place in the order of arrival; never repeats, not even across restarts. */
  readonly nextKey = (): number => ++this.#last;
}

/** FNV-1a over UTF-16 units: the same on every node of every version. */
export function partitionOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % PARTITIONS;
}
