import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { hasTerminals, PseudoTerminal } from './pseudo-terminal.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;
let terminal: PseudoTerminal | undefined;

const fill = (user: string, messages: number) =>
  router.line.mailbeam(
    ['chat', '--as', 'anna', '--to', user, '--url', router.url],
    Array.from({ length: messages }, (_, i) => `hello ${i}\n`).join(''),
  );

function top(...args: readonly string[]): PseudoTerminal {
  terminal = new PseudoTerminal(router.line, ['top', '--admin', router.admin, ...args]);
  return terminal;
}

beforeAll(async () => {
  if (!hasTerminals) return console.warn('notice: no `script` of util-linux; the tests of `mailbeam top` are skipped');
  router = await RealRouter.start();
  for (const [user, messages] of [
    ['ben', 120],
    ['cleo', 150],
  ] as const)
    await fill(user, messages);
});

afterEach(async () => {
  await terminal?.dispose();
  terminal = undefined;
});

afterAll(async () => {
  await router?.dispose();
});

const atATerminal = hasTerminals ? test : test.skip;

atATerminal('top shows the deepest mailboxes, and sorts, filters, inspects and traces by keys', async () => {
  const { screen } = top();
  await screen.shows(/^> cleo +away +150 .* away$/);
  await screen.shows(/^sort: .*q quit$/);
  expect(screen.lines.find((line) => line.includes('ben'))).toMatch(/^ {2}ben +away +120 /);
  expect(screen.lines).toHaveLength(24);
  await terminal!.press('a', /^ {2}by age$/);
  await terminal!.press('/be', /^names with: be_/);
  expect(screen.lines.some((line) => line.includes('cleo'))).toBe(false);
  await terminal!.press('\r', /^sort: /);
  await terminal!.press('\r', /^mailbox +120 messages/);
  await terminal!.press('b', /^> ben/);
  await terminal!.press('t', /^tracing ben for/);
  const listening = router.as('listen', 'ben');
  await screen.shows(/started/);
  listening.process.kill('SIGINT');
  await listening.finished;
  await terminal!.press('b', /^> ben|none of the/);
});

atATerminal('a user is disconnected after a question', async () => {
  const stuck = router.as('listen', 'dora');
  await fill('dora', 1);
  await stuck.shows('stdout', /hello 0/);
  stuck.process.kill('SIGSTOP');
  await fill('dora', 100);
  const { screen } = top('--class', 'session');
  await screen.shows(/^> dora +session +10[01] /); // its ack of the first may not have left it any more
  await terminal!.press('x', /^disconnect dora\?/);
  await terminal!.press('y', /^dora: disconnected$/);
  await terminal!.press('c', /^ {2}dora +away +10[01] /);
  stuck.process.kill('SIGKILL');
  await stuck.finished;
});

atATerminal('another size of the terminal is followed', async () => {
  const { screen } = top();
  await screen.shows(/^> cleo/);
  terminal!.resize(50, 16);
  await screen.shows(/^ +class +depth growth\/s empty in$/);
  await screen.shows(/^sort: .*…$/);
  expect(screen.lines).toHaveLength(16);
});

atATerminal('Ctrl-Z goes on at once where no shell could continue it', async () => {
  const { screen } = top();
  await screen.shows(/^> cleo/);
  await terminal!.press('\u001ag', /^ {2}by growth$/);
  expect(screen.isOther).toBe(true);
});

atATerminal.each([
  ['q', () => terminal!.press('q', /^modes/)],
  ['Ctrl-C', () => terminal!.press('\u0003', /^modes/)],
  ['Ctrl-C while a filter is typed', () => terminal!.press('/q\u0003', /^modes/)],
  ['SIGTERM', async () => terminal!.kill('SIGTERM')],
  ['SIGINT', async () => terminal!.kill('SIGINT')],
  ['SIGHUP', async () => terminal!.kill('SIGHUP')],
])('the terminal is given back as it was after %s', async (_, end) => {
  const { screen } = top();
  await screen.shows(/^> cleo/);
  expect(screen.isOther).toBe(true);
  await end();
  await terminal!.finished;
  expect(screen.isOther).toBe(false);
  expect(screen.lines.slice(-2)).toEqual(['exit 0', 'modes isig icanon echo']);
});

atATerminal('a router that is away is told, and found again when it is back', async () => {
  const { screen } = top();
  await screen.shows(/^> cleo/);
  const node = await router.nodePid();
  process.kill(node, 'SIGSTOP');
  await screen.shows(/^AWAY since \d\d:\d\d:\d\d: no answer for 3 s$/);
  // and is started again only when that was seen
  router.parent.process.kill('SIGSTOP');
  process.kill(node, 'SIGKILL');
  await screen.shows(/^AWAY since \d\d:\d\d:\d\d: no router answers at /);
  router.parent.process.kill('SIGCONT');
  const live = router.as('listen', 'ben');
  await screen.shows(/^\d\d:\d\d:\d\d, 1 connection, /);
  await terminal!.press('g', /^ {2}by growth$/);
  expect(screen.lines[1]).toBe('');
  live.process.kill('SIGINT');
  await live.finished;
});
