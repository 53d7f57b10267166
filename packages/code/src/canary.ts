/** FNV-1a with a last mix, 32 bits: spreads keys that differ in their last digit only. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

function fold(hash: number, text: string): number {
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash;
}

function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Which instances take part in a canary: by key and version, so that it is another part each time and the same after a restart. */
export class Canary {
  readonly #seed: number;
  readonly #below: number;

  /** @param percent above 0 to 100 */
  constructor(name: string, version: string, percent: number) {
    this.#seed = fold(fold(OFFSET, name), `@${version}:`);
    this.#below = (percent / 100) * 2 ** 32;
  }

  has(key: string): boolean {
    return mix(fold(this.#seed, key)) < this.#below;
  }
}
