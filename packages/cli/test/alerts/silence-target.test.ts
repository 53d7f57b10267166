import { expect, test } from '@jest/globals';
import { silenceTarget, targetText } from '../../src/alerts/silence-target.js';

const rules = ['deep', 'late'];

test.each([
  ['deep', { rule: 'deep' }],
  ['ben', { mailbox: 'ben' }],
  ['$bank*', { mailbox: '$bank*' }],
  ['deep/ben', { rule: 'deep', mailbox: 'ben' }],
  ['deep/*', { rule: 'deep' }],
  ['*/deep', { mailbox: 'deep' }],
  ['/deep', { mailbox: 'deep' }],
  ['de*/a/b', { rule: 'de*', mailbox: 'a/b' }],
  ['*/*', { mailbox: '*' }],
])('%s means %j', (word, target) => {
  expect(silenceTarget(word, {}, rules)).toEqual(target);
});

test('flags say the rest, or all of it', () => {
  expect(silenceTarget('ben', { rule: 'deep', class: 'away' }, rules)).toEqual({
    ...{ mailbox: 'ben', rule: 'deep', class: 'away' },
  });
  expect(silenceTarget(undefined, { mailbox: 'deep' }, rules)).toEqual({ mailbox: 'deep' });
});

test('nothing, and the same said twice, is refused', () => {
  expect(() => silenceTarget(undefined, {}, rules)).toThrow(/nothing to silence/);
  expect(() => silenceTarget('ben', { mailbox: 'ben' }, rules)).toThrow(/leave one of them out/);
  expect(() => silenceTarget('deep', { rule: 'deep' }, rules)).toThrow(/leave one of them out/);
});

test('what is silenced is told in words', () => {
  expect(targetText({ mailbox: 'ben', class: 'away' })).toBe('all rules, mailbox ben, class away');
  expect(targetText({ rule: 'deep' })).toBe('rule deep, all mailboxes');
});
