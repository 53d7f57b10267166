/**
 * A Bloom filter over name hashes, in blocks of 256 bits: says for sure that a run holds nothing of a user, so that
 * reads and erasures probe only runs that do (about 2 % false answers at ten bits a name).
 */
export class NameFilter {
  readonly #words: Uint32Array;
  readonly #blocks: number;

  constructor(names: number) {
    this.#blocks = Math.max(1, Math.ceil((names * 10) / 256));
    this.#words = new Uint32Array(this.#blocks * 8);
  }

  add(hi: number, lo: number): void {
    const base = (lo % this.#blocks) * 8;
    const bits = Math.imul(hi ^ 0x5bd1e995, 0x9e3779b1);
    for (let shift = 0; shift < 32; shift += 8) {
      const bit = (bits >>> shift) & 255;
      const word = base + (bit >>> 5);
      this.#words[word] = (this.#words[word] as number) | (1 << (bit & 31));
    }
  }

  mayHold(hi: number, lo: number): boolean {
    const base = (lo % this.#blocks) * 8;
    const bits = Math.imul(hi ^ 0x5bd1e995, 0x9e3779b1);
    for (let shift = 0; shift < 32; shift += 8) {
      const bit = (bits >>> shift) & 255;
      if (((this.#words[base + (bit >>> 5)] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}
