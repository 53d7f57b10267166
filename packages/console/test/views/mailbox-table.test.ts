import { expect, test } from '@jest/globals';
import type { MailboxRow } from '../../src/port/answers.js';
import { emptyText, inOrder } from '../../src/views/mailbox-table.js';

const row = (name: string): MailboxRow => ({
  ...{ name, class: 'session', depth: 1, in: [0, 0, 0], out: [0, 0, 0], growth: 0 },
  ...{ oldestSeconds: 0, stalledSeconds: 0, drainSeconds: 0 },
});

test('rows stand still while they are held, and what is new comes last', () => {
  const rows = ['d', 'b', 'c', 'a'].map(row);
  expect(inOrder(rows, null)).toBe(rows);
  const held = ['session a', 'session gone', 'session b', 'session c'];
  expect(inOrder(rows, held).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
});

test('an empty table says when messages wait all the same, in mailboxes that nothing has happened in', () => {
  const waiting = { pendingMessages: 3_872, counted: true };
  expect(emptyText('Nothing waits here.', null, '')).toBe('Nothing waits here.');
  expect(emptyText('Nothing waits here.', { ...waiting, pendingMessages: 0 }, '')).toBe('Nothing waits here.');
  expect(emptyText('Nothing waits here.', waiting, 'session')).toBe('Nothing waits here.');
  expect(emptyText('Nothing waits here.', waiting, '')).toBe(
    'No mailbox stands out: 3,872 messages wait for people who are away.',
  );
  expect(emptyText('Nothing waits here.', { ...waiting, counted: false }, 'away')).toBe(
    'Still counting: 3,872 messages waited when the router started, or came since.',
  );
});
