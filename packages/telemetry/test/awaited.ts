/** What happens, one after another; a test awaits the next. */
export class Awaited<T> {
  readonly #come: T[] = [];
  readonly #waiting: ((one: T) => void)[] = [];

  readonly put = (one: T): void => {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#come.push(one);
    else waiting(one);
  };

  next(): Promise<T> {
    if (this.#come.length > 0) return Promise.resolve(this.#come.shift()!);
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  get isEmpty(): boolean {
    return this.#come.length === 0;
  }
}
