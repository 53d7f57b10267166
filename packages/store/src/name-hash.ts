/** Number of partitions of a data directory; fixed in format 1. */
export const partitionCount = 64;

/**
 * 64 bits of hash of a user's name, seeded for each data directory, as two unsigned 32-bit halves. The top six bits are
 * the partition. The two halves of the last call stand in `hi` and `lo`, so that a hash allocates nothing.
 */
export class NameHash {
  hi = 0;
  lo = 0;
  readonly #seedHi: number;
  readonly #seedLo: number;

  constructor(seedHi: number, seedLo: number) {
    this.#seedHi = seedHi | 0;
    this.#seedLo = seedLo | 0;
  }

  /** Sets `hi` and `lo` for a name. */
  of(name: string): void {
    let a = this.#seedHi;
    let b = this.#seedLo;
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ unit, 0x5f356495);
      b ^= b >>> 13;
    }
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
    b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
    a ^= Math.imul(b ^ (b >>> 15), 0x2c1b3c6d);
    this.hi = a >>> 0;
    this.lo = b >>> 0;
  }

  /** The partition of a name, 0 to 63. */
  partitionOf(name: string): number {
    this.of(name);
    return this.hi >>> 26;
  }
}
