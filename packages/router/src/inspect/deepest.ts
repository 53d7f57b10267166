/** The few deepest of very many, in the order of their depth; of two that are as deep, the one that came first. */
export class Deepest<T extends { readonly depth: number }> {
  readonly items: T[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether one of that depth would be among them: what it is need not be found out otherwise. */
  takes(depth: number): boolean {
    const { items } = this;
    return this.#most > 0 && (items.length < this.#most || depth > items.at(-1)!.depth);
  }

  add(item: T): void {
    if (!this.takes(item.depth)) return;
    const { items } = this;
    let at = items.length;
    while (at > 0 && items[at - 1]!.depth < item.depth) at--;
    items.splice(at, 0, item);
    if (items.length > this.#most) items.pop();
  }
}
