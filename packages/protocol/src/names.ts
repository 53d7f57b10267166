import { limits } from './limits.js';
import { hasLoneSurrogate, readText, utf8Length } from './utf8.js';

/** What a name stands for (protocol, "Names"): 0 ill-formed, 1 user, 2 group (`#...`), 3 service (`$...`). */
export type NameKind = 0 | 1 | 2 | 3;

/**
 * The kind of a name: 1 to 128 bytes of UTF-8 (the `#` or `$` included, and something behind it), no control character
 * (U+0000 to U+001F, U+007F to U+009F), no lone surrogate; else 0 (protocol, "Names").
 */
export function nameKind(name: string): NameKind {
  const length = name.length;
  if (length === 0 || length > limits.nameBytes) return 0;
  let plain = true;
  for (let i = 0; i < length; i++) {
    const unit = name.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f)) return 0;
    if (unit >= 0x80) plain = false;
  }
  if (!plain && (utf8Length(name) > limits.nameBytes || hasLoneSurrogate(name))) return 0;
  const first = name.charCodeAt(0);
  const kind = first === 0x23 ? 2 : first === 0x24 ? 3 : 1;
  return kind !== 1 && length === 1 ? 0 : kind;
}

/**
 * Interned names: turns the bytes of a name into a string, the same string object for the same bytes as long as the
 * name stays in its slot. Direct-mapped: a name has one slot, found by a hash of its bytes, and takes it from whoever
 * was there. The bytes themselves are compared, so a clash costs time and never gives a wrong name, and a hit allocates
 * nothing. Memory is bounded: about 140 bytes a slot and the strings.
 */
export class NameCache {
  /** The kind of the name last read. */
  kind: NameKind = 0;
  private readonly mask: number;
  private readonly strings: string[];
  private readonly kinds: Uint8Array;
  /** Length of the name in a slot; 0 is an empty slot. */
  private readonly lengths: Uint8Array;
  /** Slot n holds its name's bytes from n * limits.nameBytes on. */
  private readonly kept: Uint8Array;

  /** @param slots a power of two from 1 to 65,536; throws RangeError for another number */
  constructor(slots = 4096) {
    if (!(slots >= 1 && slots <= 65_536) || (slots & (slots - 1)) !== 0) {
      throw new RangeError(`slots must be a power of two from 1 to 65536, not ${slots}`);
    }
    this.mask = slots - 1;
    this.strings = new Array<string>(slots).fill('');
    this.kinds = new Uint8Array(slots);
    this.lengths = new Uint8Array(slots);
    this.kept = new Uint8Array(slots * limits.nameBytes);
  }

  /**
   * The name in bytes[start, end), or undefined where they are not valid UTF-8; `kind` is set with it. A string that is
   * empty or longer than 128 bytes is no name: it is decoded, not kept, and of kind 0.
   */
  read(bytes: Uint8Array, start: number, end: number): string | undefined {
    const length = end - start;
    if (length === 0 || length > limits.nameBytes) {
      this.kind = 0;
      return readText(bytes, start, end);
    }
    const slot = this.slotOf(bytes, start, end);
    if (this.lengths[slot] === length) {
      const { kept } = this;
      let from = slot * limits.nameBytes;
      let at = start;
      while (at < end && kept[from] === bytes[at]) {
        at++;
        from++;
      }
      if (at === end) {
        this.kind = this.kinds[slot] as NameKind;
        return this.strings[slot]!;
      }
    }
    return this.keep(slot, bytes, start, end);
  }

  private slotOf(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5; // FNV-1a, with a last mix for the low bits
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    return (hash ^ (hash >>> 15)) & this.mask;
  }

  private keep(slot: number, bytes: Uint8Array, start: number, end: number): string | undefined {
    const name = readText(bytes, start, end);
    if (name === undefined) {
      this.kind = 0;
      return undefined;
    }
    this.kind = nameKind(name);
    this.strings[slot] = name;
    this.kinds[slot] = this.kind;
    this.lengths[slot] = end - start;
    this.kept.set(bytes.subarray(start, end), slot * limits.nameBytes);
    return name;
  }
}
