import { expect, test } from '@jest/globals';
import type { AlertRule } from '@mailbeam/router/admin-views';
import { changesText, rulesLines } from '../../src/alerts/rules-text.js';
import { RecordedOutput } from '../code/recorded-output.js';

const rule = (name: string, more: Partial<AlertRule> = {}): AlertRule => ({
  ...{ name, summary: '', classes: ['service'], mailboxes: '*', forSeconds: 10, clearForSeconds: 30 },
  ...{ warning: { depth: { above: 1_000, clear: 500 } }, ...more },
});

const lines = (rules: readonly AlertRule[], source: 'configuration' | 'operator' = 'configuration'): string =>
  rulesLines({ rules, source }, new RecordedOutput()).join('\n');

test('a rule is shown with what it is about, when it fires and when it is over', () => {
  const both = { critical: { depth: { above: 9_000, clear: 0 }, growth: { above: 5, clear: 1 } } };
  expect(lines([rule('late', { summary: 'It is late.', mailboxes: '$bank*', ...both }), rule('deep')])).toBe(`late
  It is late.
  of        service mailboxes $bank*
  warning   depth 1,000 (500), for 10 s
  critical  depth 9,000 (0), growth 5 (1), for 10 s
  over      when one of them was below its second figure for 30 s

deep
  of        service mailboxes
  warning   depth 1,000 (500), for 10 s
  over      when one of them was below its second figure for 30 s

as the configuration has them`);
});

test('rules about code say so', () => {
  const threshold = { above: 2, clear: 1 };
  expect(lines([rule('crashes', { warning: { restarts: threshold } })])).toMatch(
    / of +actors, by behaviour and version\n/,
  );
  expect(lines([rule('off', { warning: { switchedOff: threshold } })])).toMatch(/ of +interceptors\n/);
});

test('no rules, and whose they are, is told', () => {
  expect(lines([], 'operator')).toMatch(
    /^no rule is in force\n\nset by an operator; `mailbeam alerts rules reset` goes/,
  );
});

test('a change says what is new, changed and gone', () => {
  const before = [rule('a'), rule('b'), rule('c')];
  expect(changesText(before, before)).toBe('3 rules in force; nothing has changed');
  expect(changesText(before, [rule('a'), rule('b', { forSeconds: 1 }), rule('d')])).toBe(
    '3 rules in force; new: d; changed: b; gone: c',
  );
});
