import { bodyBytesOf, expiresAtOf, hashHiOf, hashLoOf, isFor, keyOf } from './record.js';
import type { Bytes } from './record.js';

const grown = <T extends { length: number; set(from: T): void }>(make: (length: number) => T, old: T): T => {
  const next = make(old.length * 2);
  next.set(old);
  return next;
};

/**
 * The messages of a tail, found by the hash of their user: numbers in typed arrays, no object per message. A slot is the
 * place of one APPEND record; a group is the list of the slots whose users share a hash (nearly always one user), in key
 * order, with the erased ones at its front cut off.
 */
export class Slots {
  /** Slots given out, erased ones included. */
  size = 0;
  /** Slots not erased. */
  live = 0;
  /** No group ever had more messages, or bytes of bodies. */
  mostMessages = 0;
  mostBytes = 0;
  /** Slots with a `ttl`, in order of arrival. */
  readonly withTtl: number[] = [];
  readonly #blocks: Bytes[] = [];
  readonly #pinned = new Set<number>();

  #blockOf = new Uint32Array(1024);
  #at = new Uint32Array(1024);
  #hi = new Uint32Array(1024);
  #lo = new Uint32Array(1024);
  #key = new Float64Array(1024);
  #next = new Int32Array(1024);
  #erased = new Uint8Array(1024);

  #groups = 0;
  #groupHi = new Uint32Array(256);
  #groupLo = new Uint32Array(256);
  #first = new Int32Array(256);
  #last = new Int32Array(256);
  #messages = new Uint32Array(256);
  #bytes = new Float64Array(256);
  #table = new Int32Array(1024).fill(-1);

  /** Registers a block that holds records; returns its number. */
  addBlock(block: Bytes): number {
    return this.#blocks.push(block) - 1;
  }

  /** Somebody outside refers to the bytes of a slot: its block is never used again. */
  pin(slot: number): void {
    this.#pinned.add(this.#blockOf[slot] as number);
  }

  /** The blocks to which nobody refers once these slots are gone. */
  unpinnedBlocks(): Bytes[] {
    return this.#blocks.filter((_, number) => !this.#pinned.has(number));
  }

  block(slot: number): Bytes {
    return this.#blocks[this.#blockOf[slot] as number] as Bytes;
  }
  at(slot: number): number {
    return this.#at[slot] as number;
  }
  key(slot: number): number {
    return this.#key[slot] as number;
  }
  hi(slot: number): number {
    return this.#hi[slot] as number;
  }
  lo(slot: number): number {
    return this.#lo[slot] as number;
  }
  isErased(slot: number): boolean {
    return this.#erased[slot] === 1;
  }
  /** The next slot of the same group, or -1. */
  next(slot: number): number {
    return this.#next[slot] as number;
  }

  /** The group of a hash, or -1. */
  group(hi: number, lo: number): number {
    const mask = this.#table.length - 1;
    for (let place = (hi ^ lo) & mask; ; place = (place + 1) & mask) {
      const group = this.#table[place] as number;
      if (group === -1 || (this.#groupLo[group] === lo && this.#groupHi[group] === hi)) return group;
    }
  }
  /** How many there are; their numbers stay. */
  get groups(): number {
    return this.#groups;
  }
  /** The first slot of a group that may not be erased, or -1. */
  first(group: number): number {
    return this.#first[group] as number;
  }
  messages(group: number): number {
    return this.#messages[group] as number;
  }
  bytes(group: number): number {
    return this.#bytes[group] as number;
  }

  /** Adds the APPEND record at `at` of a registered block. */
  append(blockNumber: number, at: number): void {
    const block = this.#blocks[blockNumber] as Bytes;
    const slot = this.size++;
    if (slot === this.#at.length) this.#growSlots();
    const hi = hashHiOf(block, at);
    const lo = hashLoOf(block, at);
    const key = keyOf(block, at);
    this.#blockOf[slot] = blockNumber;
    this.#at[slot] = at;
    this.#hi[slot] = hi;
    this.#lo[slot] = lo;
    this.#key[slot] = key;
    this.#next[slot] = -1;
    this.live += 1;
    if (expiresAtOf(block, at) !== 0) this.withTtl.push(slot);
    let group = this.group(hi, lo);
    if (group === -1) group = this.#addGroup(hi, lo);
    const messages = (this.#messages[group] = (this.#messages[group] as number) + 1);
    const bytes = (this.#bytes[group] = (this.#bytes[group] as number) + bodyBytesOf(block, at));
    if (messages > this.mostMessages) this.mostMessages = messages;
    if (bytes > this.mostBytes) this.mostBytes = bytes;
    this.#link(group, slot, key);
  }

  /** Erases every slot of `user` with a key up to `key`; calls `onErased` for each. */
  eraseUpTo(group: number, user: Buffer, key: number, onErased: (slot: number) => void): void {
    for (let slot = this.first(group); slot !== -1 && this.key(slot) <= key; slot = this.next(slot))
      if (!this.isErased(slot) && isFor(this.block(slot), this.at(slot), user)) {
        this.#erase(group, slot);
        onErased(slot);
      }
    this.#cutFront(group);
  }

  /** Erases the slot of `user` with exactly this key; returns it, or -1. */
  erase(group: number, user: Buffer, key: number): number {
    for (let slot = this.first(group); slot !== -1 && this.key(slot) <= key; slot = this.next(slot))
      if (this.key(slot) === key && !this.isErased(slot) && isFor(this.block(slot), this.at(slot), user)) {
        this.#erase(group, slot);
        this.#cutFront(group);
        return slot;
      }
    return -1;
  }

  /** The slots not erased, sorted by hash, then key: the order of a run. */
  sorted(): Uint32Array {
    const order = new Float64Array(this.live);
    let n = 0;
    for (let slot = 0; slot < this.size; slot++)
      if (this.#erased[slot] === 0) order[n++] = (this.#hi[slot] as number) * 0x200000 + slot;
    order.sort();
    const slots = new Uint32Array(n);
    for (let i = 0; i < n; i++) slots[i] = (order[i] as number) % 0x200000;
    this.#sortEqualHi(slots);
    return slots;
  }

  /** Insertion sort where upper halves are equal: nearly always already in order, being one user's in order of arrival. */
  #sortEqualHi(slots: Uint32Array): void {
    for (let i = 1; i < slots.length; i++) {
      const slot = slots[i] as number;
      let to = i;
      while (to > 0 && this.#isAfter(slots[to - 1] as number, slot)) {
        slots[to] = slots[to - 1] as number;
        to -= 1;
      }
      slots[to] = slot;
    }
  }

  #isAfter(a: number, b: number): boolean {
    if (this.#hi[a] !== this.#hi[b]) return false;
    const loA = this.#lo[a] as number;
    const loB = this.#lo[b] as number;
    return loA === loB ? (this.#key[a] as number) > (this.#key[b] as number) : loA > loB;
  }

  #erase(group: number, slot: number): void {
    this.#erased[slot] = 1;
    this.live -= 1;
    this.#messages[group] = (this.#messages[group] as number) - 1;
    this.#bytes[group] = (this.#bytes[group] as number) - bodyBytesOf(this.block(slot), this.at(slot));
  }

  #cutFront(group: number): void {
    let slot = this.first(group);
    while (slot !== -1 && this.isErased(slot)) slot = this.next(slot);
    this.#first[group] = slot;
    if (slot === -1) this.#last[group] = -1;
  }

  #link(group: number, slot: number, key: number): void {
    const last = this.#last[group] as number;
    if (last === -1) this.#first[group] = slot;
    else if ((this.#key[last] as number) <= key) this.#next[last] = slot;
    else {
      this.#linkOutOfTurn(group, slot, key);
      return;
    }
    this.#last[group] = slot;
  }

  #linkOutOfTurn(group: number, slot: number, key: number): void {
    let before = -1;
    let after = this.first(group);
    while (after !== -1 && this.key(after) <= key) {
      before = after;
      after = this.next(after);
    }
    this.#next[slot] = after;
    if (before === -1) this.#first[group] = slot;
    else this.#next[before] = slot;
  }

  #addGroup(hi: number, lo: number): number {
    const group = this.#groups++;
    if (group === this.#first.length) this.#growGroups();
    if (this.#groups * 2 > this.#table.length) this.#growTable();
    this.#groupHi[group] = hi;
    this.#groupLo[group] = lo;
    this.#first[group] = -1;
    this.#last[group] = -1;
    this.#place(group);
    return group;
  }

  #place(group: number): void {
    const mask = this.#table.length - 1;
    let place = ((this.#groupHi[group] as number) ^ (this.#groupLo[group] as number)) & mask;
    while (this.#table[place] !== -1) place = (place + 1) & mask;
    this.#table[place] = group;
  }

  #growTable(): void {
    this.#table = new Int32Array(this.#table.length * 2).fill(-1);
    for (let group = 0; group < this.#groups - 1; group++) this.#place(group);
  }

  #growGroups(): void {
    const uint32 = (length: number) => new Uint32Array(length);
    const int32 = (length: number) => new Int32Array(length);
    this.#groupHi = grown(uint32, this.#groupHi);
    this.#groupLo = grown(uint32, this.#groupLo);
    this.#first = grown(int32, this.#first);
    this.#last = grown(int32, this.#last);
    this.#messages = grown(uint32, this.#messages);
    this.#bytes = grown((length) => new Float64Array(length), this.#bytes);
  }

  #growSlots(): void {
    const uint32 = (length: number) => new Uint32Array(length);
    this.#blockOf = grown(uint32, this.#blockOf);
    this.#at = grown(uint32, this.#at);
    this.#hi = grown(uint32, this.#hi);
    this.#lo = grown(uint32, this.#lo);
    this.#key = grown((length) => new Float64Array(length), this.#key);
    this.#next = grown((length) => new Int32Array(length), this.#next);
    this.#erased = grown((length) => new Uint8Array(length), this.#erased);
  }
}
