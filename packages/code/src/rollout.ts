import { Canary } from './canary.js';

/**
 * Which version an instance is to run while one version takes over from another:
 *
 * | stage | instances in the canary | the others |
 * |---|---|---|
 * | `steady` | live | live |
 * | `canary` | next | live |
 * | `all` | next | next |
 *
 * `keep` makes next the live one, `goBack` forgets it. A rollback to an older version is a rollout to it whose next is kept.
 * @typeParam V a version
 */
export class Rollout<V extends { readonly name: string; readonly version: string }> {
  #live: V;
  #next: V | undefined;
  #canary: Canary | undefined;

  constructor(live: V) {
    this.#live = live;
  }

  /** The version that is kept, or gone back to, as things are. */
  get live(): V {
    return this.#live;
  }

  get next(): V | undefined {
    return this.#next;
  }

  get stage(): 'steady' | 'canary' | 'all' {
    if (this.#next === undefined) return 'steady';
    return this.#canary === undefined ? 'all' : 'canary';
  }

  choose(key: string): V {
    if (this.#next === undefined) return this.#live;
    return this.#canary === undefined || this.#canary.has(key) ? this.#next : this.#live;
  }

  /** @param percent of the instances; 100: all at once. @throws Error when one is under way */
  begin(next: V, percent: number): void {
    if (this.#next !== undefined) throw new Error(`${next.name}: ${this.#next.version} is being rolled out`);
    this.#next = next;
    this.#canary = percent < 100 ? new Canary(next.name, next.version, percent) : undefined;
  }

  /** The canary has passed: all follow. */
  widen(): void {
    this.#canary = undefined;
  }

  /** Next is live from now on. Returns what was live. */
  keep(): V {
    const old = this.#live;
    this.#live = this.#next ?? old;
    this.#next = undefined;
    this.#canary = undefined;
    return old;
  }

  /** All that runs next is to run live again. */
  goBack(): void {
    this.#next = undefined;
    this.#canary = undefined;
  }
}
