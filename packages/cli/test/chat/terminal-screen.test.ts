import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { TerminalScreen } from '../../src/chat/terminal-screen.js';
import type { Output } from '../../src/output.js';
import { ScreenEmulator } from './screen-emulator.js';

// readline gives up the input line on a dumb terminal, which is what a test run often has.
process.env['TERM'] = 'xterm';

const plain: Output = {
  line: () => undefined,
  note: () => undefined,
  progress: () => undefined,
  showsProgress: false,
  style: (_, text) => text,
};
const noon = new Date(2026, 10, 21, 12, 0).getTime();

interface Conversation {
  readonly screen: TerminalScreen;
  readonly terminal: ScreenEmulator;
  readonly entered: string[];
  readonly type: (text: string) => Promise<void>;
}

function conversation(columns = 40, rows = 10): Conversation {
  const input = new PassThrough();
  const keyboard = Object.assign(input, { isTTY: true, setRawMode: () => keyboard }) as unknown as NodeJS.ReadStream;
  const terminal = new ScreenEmulator(columns, rows);
  const screen = new TerminalScreen(keyboard, terminal.stream, plain, 'alice');
  const entered: string[] = [];
  void screen.read(async (line) => {
    entered.push(line);
    screen.said(entered.length, line, noon);
  });
  return {
    screen,
    terminal,
    entered,
    type: async (text) => {
      input.write(text);
      await setImmediate();
    },
  };
}

describe('the terminal screen', () => {
  test('shows an entered line once, with its tick in front', async () => {
    const { terminal, type } = conversation();
    await type('hello\r');
    expect(terminal.lines).toEqual(['12:00 …  hello', 'alice>']);
  });

  test('changes the tick where the line stands', async () => {
    const { screen, terminal, type } = conversation();
    await type('one\rtwo\r');
    screen.reached(1, 'accepted', '');
    expect(terminal.lines).toEqual(['12:00 ·  one', '12:00 …  two', 'alice>']);
    screen.reached(1, 'read', '');
    screen.reached(2, 'delivered', '');
    expect(terminal.lines).toEqual(['12:00 ✓✓ one', '12:00 ✓  two', 'alice>']);
  });

  test('keeps a half-written line and its cursor while messages arrive above it', async () => {
    const { screen, terminal, type } = conversation();
    await type('see you th');
    await type('\u001b[D');
    const { column } = terminal.cursor;
    screen.received('bob', 'in ten minutes', noon);
    expect(terminal.lines).toEqual(['12:00 bob: in ten minutes', 'alice> see you th']);
    expect(terminal.cursor.column).toBe(column);
    await type('X');
    await type('\r');
    expect(terminal.lines).toEqual(['12:00 bob: in ten minutes', '12:00 …  see you tXh', 'alice>']);
  });

  test('keeps a half-written line of several rows', async () => {
    const { screen, terminal, type } = conversation(20);
    await type('0123456789'.repeat(4));
    screen.received('bob', 'hi', noon);
    screen.reached(1, 'accepted', '');
    expect(terminal.lines).toEqual(['12:00 bob: hi', 'alice> 0123456789012', '34567890123456789012', '3456789']);
    await type('\r');
    screen.reached(1, 'delivered', '');
    expect(terminal.lines).toEqual([
      '12:00 bob: hi',
      '12:00 ✓  01234567890',
      '12345678901234567890',
      '123456789',
      'alice>',
    ]);
  });

  test('takes back a line that ends at the right edge', async () => {
    for (const length of [12, 13, 14, 33]) {
      const { terminal, type } = conversation(20);
      await type(`${'x'.repeat(length)}\r`);
      expect(terminal.lines.join('')).toBe(`12:00 …  ${'x'.repeat(length)}alice>`);
    }
  });

  test('finds the line below wide signs and wrapped messages', async () => {
    const { screen, terminal, type } = conversation(20);
    await type('first\r');
    screen.received('bob', '你好'.repeat(6), noon);
    screen.received('bob', '👍'.repeat(5), noon);
    screen.reached(1, 'accepted', '');
    expect(terminal.lines[0]).toBe('12:00 ·  first');
    expect(terminal.lines.at(-1)).toBe('alice>');
  });

  test('leaves the screen alone when the line has scrolled away', async () => {
    const { screen, terminal, type } = conversation(40, 4);
    await type('old\r');
    for (let n = 1; n <= 5; n++) screen.received('bob', String(n), noon);
    const before = terminal.lines;
    screen.reached(1, 'accepted', '');
    expect(terminal.lines).toEqual(before);
    expect(terminal.lines).toEqual(['12:00 bob: 3', '12:00 bob: 4', '12:00 bob: 5', 'alice>']);
  });

  test('changes the tick of the topmost line of the screen', async () => {
    const { screen, terminal, type } = conversation(40, 4);
    await type('top\r');
    screen.received('bob', '1', noon);
    screen.received('bob', '2', noon);
    screen.reached(1, 'delivered', '');
    expect(terminal.lines).toEqual(['12:00 ✓  top', '12:00 bob: 1', '12:00 bob: 2', 'alice>']);
  });

  test('never goes back to an earlier stage', async () => {
    const { screen, terminal, type } = conversation();
    await type('x\r');
    screen.reached(1, 'delivered', '');
    screen.reached(1, 'accepted', '');
    expect(terminal.lines[0]).toBe('12:00 ✓  x');
  });

  test('says why a message goes no further', async () => {
    const { screen, terminal, type } = conversation();
    await type('x\r');
    screen.reached(1, 'rejected', 'mailbox_full');
    expect(terminal.lines).toEqual(['12:00 ✗  x', '-- not delivered: mailbox_full', 'alice>']);
  });

  test('does not let a message take over the terminal', () => {
    const { screen, terminal } = conversation();
    screen.received('bob', 'a\u001b[2Jb\rc\nd\u202ee', noon);
    expect(terminal.lines[0]).toBe('12:00 bob: a�[2Jb�c ↵ d�e');
  });

  test('ends at Ctrl-D and at Ctrl-C, and shows what comes later as plain lines', async () => {
    for (const key of ['\u0003', '\u0004']) {
      const { screen, terminal, type } = conversation();
      await type(key);
      screen.notice('gone');
      expect(terminal.lines).toEqual(['-- gone']);
    }
  });
});
