import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FullScreen } from '../../src/top/full-screen.js';
import { TopScreen } from '../../src/top/top-screen.js';
import type { TopQuery, TopSource } from '../../src/top/top-source.js';
import { RecordedOutput } from '../code/recorded-output.js';
import { ScreenEmulator } from '../chat/screen-emulator.js';
import { mailboxes } from './mailboxes.js';

/** Long enough that only a key makes it look. */
const NEVER = 1_000_000;
const asked: TopQuery[] = [];
const modes: boolean[] = [];
let answer: () => Promise<typeof mailboxes>;
let inspected: TopSource['inspect'];
let keyboard: PassThrough;
let screen: ScreenEmulator;
let running: Promise<void>;

const source: TopSource = {
  mailboxes: (query) => {
    asked.push(query);
    return answer();
  },
  inspect: (row) => inspected(row),
  async *trace({ name }, stop) {
    yield `${name} does this`;
    await new Promise((resolve) => stop.addEventListener('abort', resolve));
  },
  disconnect: ({ name }) => Promise.resolve(`${name}: disconnected`),
};

function start({ everyMs = NEVER, lateMs = NEVER } = {}): void {
  keyboard = new PassThrough();
  const input = Object.assign(keyboard, { setRawMode: (to: boolean) => modes.push(to) });
  screen = new ScreenEmulator(80, 24);
  screen.stream.write('$ mailbeam top\n');
  const terminal = new FullScreen({ input: input as unknown as NodeJS.ReadStream, screen: screen.stream });
  const begin = { order: 'depth', className: undefined, limit: '100', everyMs, lateMs } as const;
  running = new TopScreen(source, terminal, new RecordedOutput(), begin).run(mailboxes);
}

async function press(keys: string, pattern: RegExp): Promise<void> {
  keyboard.write(keys);
  await screen.shows(pattern);
}

beforeEach(() => {
  asked.length = modes.length = 0;
  answer = () => Promise.resolve(mailboxes);
  inspected = ({ name }) =>
    name === 'cid' ? Promise.reject(new Error('cid is not known')) : Promise.resolve([`all about ${name}`]);
});

afterEach(async () => {
  keyboard.write('\u0003');
  await running;
});

test('the view shows the mailboxes at once, and in another order when a key asks for it', async () => {
  start();
  await screen.shows(/^> bob +session +4,000/);
  expect(screen.lines.at(-1)).toMatch(/^sort: d g a r e .* q quit$/);
  expect(asked).toEqual([]);
  await press('g', /^ {2}by growth$/);
  await press('c', /^ {2}by growth, session only$/);
  expect(asked).toEqual([
    { order: 'growth', limit: '100', class: undefined },
    { order: 'growth', limit: '100', class: 'session' },
  ]);
});

test('it looks again and again by itself', async () => {
  start({ everyMs: 1 });
  answer = () => Promise.resolve({ ...mailboxes, connections: asked.length });
  await screen.shows(/, 3 connections/);
});

test('a filter shows what has it in its name, while it is typed, and looks among as many as there are', async () => {
  start();
  await press('/ci', /^names with: ci_/);
  expect(screen.lines).toContainEqual(expect.stringMatching(/^> cid/));
  expect(screen.lines).not.toContainEqual(expect.stringMatching(/bob/));
  while (asked.at(-1)?.limit !== '1000') await setImmediate();
  await press('\r', /^sort: /);
  expect(screen.lines).toContainEqual(expect.stringMatching(/^> cid/));
});

describe('a page', () => {
  test('about the selected mailbox is opened by return, one that grows by t; any key goes back', async () => {
    start();
    await press('\r', /^all about bob$/);
    expect(screen.lines[0]).toBe('inspect bob');
    await press('x', /^> bob/);
    await press('j', /^> anna/);
    await press('t', /^anna.* does this$/);
    await press('x', /^> anna/);
  });

  test('about a mailbox is kept up to date', async () => {
    start({ everyMs: 1 });
    let looks = 0;
    inspected = ({ name }) => Promise.resolve([`${name}, look ${++looks}`]);
    await press('\r', /^bob, look 3$/);
  });

  test('keeps what is known of it while the router is away, and says so', async () => {
    start({ everyMs: 1 });
    await press('\r', /^all about bob$/);
    answer = () => Promise.reject(new Error('no router answers'));
    await screen.shows(/^AWAY since 10:30:00: no router answers$/);
    expect(screen.lines).toContain('all about bob');
  });

  test('says why there is nothing to show', async () => {
    start();
    await press('jj\r', /^cid is not known$/);
  });

  test('tells what the keys do', async () => {
    start();
    await press('?', /^a {2}by age of the oldest/);
    expect(screen.lines.length).toBeLessThanOrEqual(24);
  });
});

test('a user is disconnected when y was pressed, and that is told until the next key', async () => {
  start();
  await press('x', /^disconnect bob\?/);
  await press('y', /^bob: disconnected$/);
  await press('j', /^> anna/);
  expect(screen.lines).not.toContain('bob: disconnected');
});

describe('a router', () => {
  test('that is away is told below the first line, and what was known stays; then it comes back', async () => {
    start({ everyMs: 1 });
    answer = () => Promise.reject(new Error('no router answers'));
    await screen.shows(/^AWAY since 10:30:00: no router answers$/);
    expect(screen.lines).toContainEqual(expect.stringMatching(/^> bob/));
    answer = () => Promise.resolve({ ...mailboxes, connections: 77 });
    await screen.shows(/, 77 connections/);
    expect(screen.lines).not.toContainEqual(expect.stringMatching(/AWAY/));
  });

  test('that does not answer is told, too, and holds up no key', async () => {
    start({ everyMs: 1, lateMs: 20 });
    answer = () => new Promise(() => undefined);
    await screen.shows(/^AWAY since 10:30:00: no answer for/);
    await press('j', /^> anna/);
  });
});

test('another size of the terminal is followed', async () => {
  start();
  await screen.shows(/^> bob/);
  screen.resize(50, 12);
  await screen.shows(/^ +class +depth growth\/s empty in$/);
  expect(screen.lines).toHaveLength(12);
});

test('the terminal is given back as it was', async () => {
  start();
  await screen.shows(/^> bob/);
  expect([screen.isOther, modes.at(-1)]).toEqual([true, true]);
  keyboard.write('q');
  await running;
  while (screen.isOther) await setImmediate();
  expect([screen.lines, modes.at(-1)]).toEqual([['$ mailbeam top'], false]);
});
