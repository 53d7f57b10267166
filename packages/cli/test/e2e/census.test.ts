import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import type { MailboxesView } from '@mailbeam/router/admin-views';
import { RealRouter } from './router.js';

jest.setTimeout(120_000);

const DEPTHS = { ben: 120, cleo: 150, dora: 110 } as const;
const RULES = [
  { name: 'away_deep', classes: ['away'], warning: { depth: { above: 100, clear: 50 } }, forSeconds: 0 },
] as const;

let router: RealRouter;

async function top(): Promise<MailboxesView> {
  const { stdout } = await router.line.mailbeam(['top', '--admin', router.admin, '--once', '--json']);
  return JSON.parse(stdout) as MailboxesView;
}

/** Once the mailboxes on disk are counted. */
async function topCounted(): Promise<MailboxesView> {
  const end = performance.now() + 60_000;
  for (;;) {
    const view = await top();
    if (view.counted) return view;
    if (performance.now() > end) throw new Error('never counted');
  }
}

afterAll(async () => {
  await router.dispose();
});

test('after a start the deep mailboxes of people who are away are named and judged, with their age, before a message comes', async () => {
  router = await RealRouter.start();
  const { line, url, admin } = router;
  const before = Date.now();
  for (const [user, messages] of Object.entries(DEPTHS))
    await line.mailbeam(['chat', '--as', 'anna', '--to', user, '--url', url], 'hello\n'.repeat(messages));
  const after = Date.now();
  const rules = path.join(line.directory, 'rules.json');
  await writeFile(rules, JSON.stringify(RULES));
  const { code, stderr } = await line.mailbeam(['alerts', 'rules', 'set', rules, '--admin', admin]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  await router.stop();
  await router.startAgain().shows('stdout', /"ready":true/);

  const { at, mailboxes } = await topCounted();
  const shown = mailboxes.map(({ name, class: className, depth }) => ({ name, className, depth }));
  expect(shown).toEqual(
    ['cleo', 'ben', 'dora'].map((name) => ({ name, className: 'away', depth: DEPTHS[name as keyof typeof DEPTHS] })),
  );
  for (const { oldestSeconds } of mailboxes) {
    expect(oldestSeconds).toBeGreaterThanOrEqual((at - after) / 1_000 - 0.5);
    expect(oldestSeconds).toBeLessThanOrEqual((at - before) / 1_000 + 0.5);
  }
  const follow = line.run(['alerts', '--follow', '--admin', admin]);
  for (const name of Object.keys(DEPTHS)) await follow.shows('stdout', new RegExp(`away_deep.*\\b${name}\\b`));
  follow.process.kill('SIGINT');
  await follow.finished;
});
