import type { RouterProcess } from '../crash/router-process.js';
import { until } from '../crash/waiting.js';

/** The parts of /status that these tests look at. */
export interface StatusPage {
  readonly pid: number;
  readonly connections: number;
  readonly disk: { readonly freeBytes: number; readonly isTight: boolean };
  readonly deadLetters: { readonly kept: number };
  readonly ledger: { readonly accepted: number; readonly pending: number; readonly imbalance: number };
  readonly store: { readonly messages: number };
}

/** undefined while it does not answer. */
export async function page(router: RouterProcess): Promise<StatusPage | undefined> {
  return (await router.page('/status')) as StatusPage | undefined;
}

/** Asks until it is so. @throws after a minute */
export async function see(router: RouterProcess, what: string, isSo: (status: StatusPage) => boolean): Promise<void> {
  let last: StatusPage | undefined;
  const found = await until(
    async () => {
      last = await page(router);
      return last !== undefined && isSo(last);
    },
    60_000,
    20,
  );
  if (!found) throw new Error(`never so: ${what}; /status: ${JSON.stringify(last)}`);
}

/** @throws when it is not so */
export function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`not so: ${what}`);
}
