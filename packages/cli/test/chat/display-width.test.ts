import { describe, expect, test } from '@jest/globals';
import { displayRows, displayWidth } from '../../src/chat/display-width.js';

describe('the width of a text on a terminal', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['naïve', 5],
    ['nai\u0308ve', 5],
    ['你好', 4],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['👍', 2],
    ['👨‍👩‍👧', 2],
    ['❤️', 2],
    ['a\u200bb', 2],
    ['✓✓', 2],
  ])('of "%s" is %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('the rows of a text', () => {
  test.each([
    ['', 10, 1],
    ['a'.repeat(10), 10, 1],
    ['a'.repeat(11), 10, 2],
    ['a'.repeat(30), 10, 3],
    [`${'a'.repeat(9)}你`, 10, 2],
    ['你'.repeat(5), 10, 1],
    ['你'.repeat(5), 9, 2],
  ])('of "%s" in %d columns are %d', (text, columns, rows) => {
    expect(displayRows(text, columns)).toBe(rows);
  });
});
