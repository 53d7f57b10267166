import { expect, test } from '@jest/globals';
import { clockText, shownText } from '../src/shown-text.js';

test.each([
  ['plain', 'plain'],
  ['two\nlines\r\nthree', 'two ↵ lines ↵ three'],
  ['a\tb', 'a  b'],
  ['\u001b[31mred', '\ufffd[31mred'],
  ['bell\u0007 del\u007f c1\u009b', 'bell\ufffd del\ufffd c1\ufffd'],
  ['\u202eabc\u2066', '\ufffdabc\ufffd'],
  ['naïve 你好 👍', 'naïve 你好 👍'],
])('%j is shown as %j', (text, shown) => {
  expect(shownText(text)).toBe(shown);
});

test('the time of a message is shown as hours and minutes', () => {
  expect(clockText(new Date(2026, 0, 2, 3, 4).getTime())).toBe('03:04');
});
