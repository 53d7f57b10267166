import { expect, test } from '@jest/globals';
import type { MailboxRow } from '../../src/port/answers.js';
import { inOrder } from '../../src/views/mailbox-table.js';

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
