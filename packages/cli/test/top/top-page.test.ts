import { expect, test } from '@jest/globals';
import { TopPage } from '../../src/top/top-page.js';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i}`);

test('a page begins at its beginning, and scrolls no further than its ends', () => {
  const page = new TopPage('about bob', false);
  page.set(numbers(10));
  expect(page.rows(80, 3)).toEqual(['line 0', 'line 1', 'line 2']);
  page.scroll(2);
  expect(page.rows(80, 3)[0]).toBe('line 2');
  page.scroll(Infinity);
  expect(page.rows(80, 3)[0]).toBe('line 7');
  page.scroll(-Infinity);
  expect(page.rows(80, 3)[0]).toBe('line 0');
});

test('one that grows shows its end, until it is scrolled up', () => {
  const page = new TopPage('trace bob', true);
  for (const line of numbers(10)) page.add(line);
  expect(page.rows(80, 3)).toEqual(['line 7', 'line 8', 'line 9']);
  page.scroll(-5);
  expect(page.rows(80, 3)[0]).toBe('line 2');
});

test('it keeps a thousand lines', () => {
  const page = new TopPage('trace bob', true);
  for (const line of numbers(1_005)) page.add(line);
  page.scroll(-Infinity);
  expect(page.rows(80, 1)).toEqual(['line 5']);
});

test('a line that is too long goes on in the next row; nothing in it reaches the terminal as a command', () => {
  const page = new TopPage('about bob', false);
  page.set(['abcdefghij', '', 'ab\u001b[2J']);
  expect(page.rows(8, 9)).toEqual(['abcdefgh', '    ij', '', 'ab\ufffd[2J']);
});
