import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import type { MailboxesView } from '@mailbeam/router/admin-views';
import { CommandLine } from './command-line.js';
import type { Running } from './command-line.js';

jest.setTimeout(120_000);

const DEPTHS = { ben: 120, cleo: 150, dora: 110 } as const;
const RULES = [
  { name: 'away_deep', classes: ['away'], warning: { depth: { above: 100, clear: 50 } }, forSeconds: 0 },
] as const;

let line: CommandLine;
let parent: Running | undefined;
let url = '';
let admin = '';

async function start(): Promise<void> {
  parent = line.run(['start', '--port', '0', '--admin-port', '0', '--json']);
  const [text] = await parent.shows('stdout', /^.*\n/);
  const { port, adminPort } = JSON.parse(text) as { port: number; adminPort: number };
  url = `ws://127.0.0.1:${port}`;
  admin = `http://127.0.0.1:${adminPort}`;
}

async function stop(): Promise<void> {
  parent?.process.kill('SIGTERM');
  await parent?.finished;
}

async function top(): Promise<MailboxesView> {
  const { stdout } = await line.mailbeam(['top', '--admin', admin, '--once', '--json']);
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
  await stop();
  await line.dispose();
});

test('after a start the deep mailboxes of people who are away are named and judged, with their age, before a message comes', async () => {
  line = await CommandLine.make();
  await start();
  const before = Date.now();
  for (const [user, messages] of Object.entries(DEPTHS))
    await line.mailbeam(['chat', '--as', 'anna', '--to', user, '--url', url], 'hello\n'.repeat(messages));
  const after = Date.now();
  const rules = path.join(line.directory, 'rules.json');
  await writeFile(rules, JSON.stringify(RULES));
  const { code, stderr } = await line.mailbeam(['alerts', 'rules', 'set', rules, '--admin', admin]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  await stop();
  await start();

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
