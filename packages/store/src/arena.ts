const CHUNK_BYTES = 1 << 20;

/** Buffers for the values of one transaction; all are free again when it is written. */
export class Arena {
  readonly #chunks: Buffer[] = [];
  #chunk = 0;
  #used = 0;

  take(bytes: number): Buffer {
    if (bytes > CHUNK_BYTES) return Buffer.allocUnsafeSlow(bytes);
    if (this.#used + bytes > CHUNK_BYTES) {
      this.#chunk += 1;
      this.#used = 0;
    }
    const chunk = (this.#chunks[this.#chunk] ??= Buffer.allocUnsafeSlow(CHUNK_BYTES));
    const taken = chunk.subarray(this.#used, this.#used + bytes);
    this.#used += (bytes + 7) & ~7;
    return taken;
  }

  /** Only once nothing refers to what was taken. */
  reset(): void {
    this.#chunk = 0;
    this.#used = 0;
    if (this.#chunks.length > 2) this.#chunks.length = 2;
  }
}
