import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import type { RouterStatus } from './router-under-test.js';

/** The parts of /status that are used here. */
interface StatusPage {
  readonly pendingMessages: number;
  readonly ledger: { readonly pending: number; readonly imbalance: number };
  readonly writesElided: number;
  readonly store: { readonly quiet: boolean };
}

/** Asks the admin port, with the token that lies in the data directory; undefined when there is no answer within 2 s. */
export async function fetchStatus(adminPort: number, data: string): Promise<RouterStatus | undefined> {
  const page = await fetchJson(adminPort, '/status', data);
  if (page === undefined) return undefined;
  const { pendingMessages, ledger, writesElided, store } = page as StatusPage;
  return { pendingMessages, pending: ledger.pending, imbalance: ledger.imbalance, writesElided, quiet: store.quiet };
}

/** What the admin port answers to a GET with 200; undefined when there is no such answer within 2 s. */
export function fetchJson(port: number, path: string, data: string): Promise<unknown> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve(undefined);
    const token = readToken(data);
    if (token === undefined) return nothing();
    const request = get(
      { host: '127.0.0.1', port, path, headers: { authorization: `Bearer ${token}` }, agent: false, timeout: 2000 },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('error', nothing);
        response.on('end', () => resolve(response.statusCode === 200 ? JSON.parse(text) : undefined));
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', nothing);
  });
}

/** Made at the first start; undefined before it. */
function readToken(data: string): string | undefined {
  try {
    return readFileSync(join(data, 'admin.token'), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
