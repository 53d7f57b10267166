/** GET /history of a running router: what its recorder wrote, read by a thread beside it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { StartedRouter } from './start-router.js';

let router: StartedRouter;

beforeAll(async () => {
  router = await StartedRouter.start();
}, 60_000);
afterAll(async () => {
  await router?.dispose();
});

interface History {
  readonly stepSeconds: number;
  readonly at: readonly number[];
  readonly columns: Record<string, { readonly unit: string; readonly values: readonly (number | null)[] }>;
}

async function history(query: string): Promise<{ status: number; body: History }> {
  const token = readFileSync(join(router.data, 'admin.token'), 'utf8').trim();
  const response = await fetch(`http://127.0.0.1:${router.adminPort}/history?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: (await response.json()) as History };
}

test('what was recorded is told second by second, and many may ask at once', async () => {
  const end = performance.now() + 15_000;
  for (;;) {
    const { status, body } = await history('sinceMs=60000&points=60&columns=node.rss,router.connections,nothing');
    expect(status).toBe(200);
    if (body.at.length >= 2) {
      expect(body.stepSeconds).toBe(1);
      expect(Object.keys(body.columns)).toEqual(['node.rss', 'router.connections']);
      expect(body.columns['node.rss']).toMatchObject({ unit: 'B' });
      expect(body.columns['node.rss']!.values.at(-1)).toBeGreaterThan(10_000_000);
      break;
    }
    if (performance.now() > end) throw new Error(`nothing was recorded: ${JSON.stringify(body)}`);
  }
  const all = await Promise.all(Array.from({ length: 8 }, () => history('columns=node.rss')));
  const read = all.filter(({ status }) => status === 200).length;
  const refused = all.filter(({ status }) => status === 429).length;
  expect([read >= 4, read + refused]).toEqual([true, 8]);
}, 60_000);
