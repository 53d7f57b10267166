import type { RouterProcess } from '../crash/router-process.js';
import { until } from '../crash/waiting.js';

/** The parts of /status that these tests look at. */
export interface StatusPage {
  readonly pid: number;
  readonly connections: number;
  readonly actors: number;
  readonly mailboxesInMemory: number;
  readonly disk: { readonly freeBytes: number; readonly isTight: boolean };
  readonly deadLetters: { readonly kept: number };
  readonly ledger: { readonly accepted: number; readonly pending: number; readonly imbalance: number };
  readonly store: { readonly messages: number };
}

/** undefined while it does not answer. */
export async function page(router: RouterProcess): Promise<StatusPage | undefined> {
  return (await router.page('/status')) as StatusPage | undefined;
}

/** Asks until it is so. @throws after `limitMs` */
export async function see(
  router: RouterProcess,
  what: string,
  isSo: (status: StatusPage) => boolean,
  limitMs = 60_000,
): Promise<void> {
  let last: StatusPage | undefined;
  const found = await until(
    async () => {
      last = await page(router);
      return last !== undefined && isSo(last);
    },
    limitMs,
    20,
  );
  if (!found) throw new Error(`never so: ${what}; /status: ${JSON.stringify(last)}`);
}

/** @throws when it is not so */
export function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`not so: ${what}`);
}

/** Gathers what is not so, where one thing says nothing of the next. */
export class Complaints {
  readonly #found: string[] = [];

  /** Notes why `check` throws; undefined then. */
  async note<T>(check: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      this.#found.push((error as Error).message);
      return undefined;
    }
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** @throws when there are some */
  end(): void {
    if (this.#found.length > 0) throw new Error(this.#found.join('\n'));
  }
}
