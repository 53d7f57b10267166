import { LoadFleet, RECEIPT_ACK_MS } from '@mailbeam/tools/load';
import type { RowContext } from './row.js';
import { makeDataDir, startBare, startRouter } from './server-under-test.js';
import type { ServerUnderTest } from './server-under-test.js';

/** A server with its own load processes. */
export interface Side {
  readonly server: ServerUnderTest;
  readonly fleet: LoadFleet;
}

/** Long enough for the ACKs of the last receipts to be sent and handled. */
export const LAST_ACKS_MS = RECEIPT_ACK_MS + 60;

/** Unacked entries that every user asks for. */
const WINDOW = 256;

/** Starts the bare server with a fleet, runs `use`, and ends both whatever happens. */
export async function withBare<T>(context: RowContext, use: (side: Side) => Promise<T>): Promise<T> {
  return withServer(await startBare(), context, use);
}

/** The same for a router on an empty data directory that is removed in the end. */
export async function withRouter<T>(
  context: RowContext,
  use: (side: Side) => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const data = makeDataDir();
  try {
    const server = await startRouter({ dataDir: data.path, env, profileDir: context.profileDir });
    return await withServer(server, context, use);
  } finally {
    data.dispose();
  }
}

/** Both, alive at the same time; only one of them is given work at a time. */
export function withPair<T>(context: RowContext, use: (bare: Side, router: Side) => Promise<T>): Promise<T> {
  return withBare(context, (bare) => withRouter(context, (router) => use(bare, router)));
}

/** Gives `server` a fleet of its own, runs `use`, and ends both whatever happens. */
export async function withServer<T>(
  server: ServerUnderTest,
  context: RowContext,
  use: (side: Side) => Promise<T>,
): Promise<T> {
  const fleet = new LoadFleet(2);
  try {
    await fleet.open({ port: server.port, window: WINDOW, bodyBytes: context.sizes.bodyBytes });
    return await use({ server, fleet });
  } finally {
    await fleet.close();
    await server.stop();
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
