import { describe, expect, test } from '@jest/globals';
import type { Output } from '../src/output.js';
import { durationText, statusLines } from '../src/status-text.js';

const output: Output = {
  line: () => undefined,
  note: () => undefined,
  progress: () => undefined,
  showsProgress: false,
  style: (style, text) => (style === 'red' ? `RED ${text}` : text),
};

const status = {
  version: '1.2.3',
  pid: 42,
  uptimeMs: 90_061_000,
  connections: 1_234,
  pendingMessages: 5,
  ledger: { accepted: 10, delivered: 4, failed: 1, pending: 5, imbalance: 0 },
  writesElided: 3,
  store: { quiet: true },
  draining: false,
  limits: { connections: 20_000 },
};

const linesOf = (value: unknown): string => statusLines(value, 'http://x', output).join('\n');

describe('the status of a router', () => {
  test('is told in lines for people', () => {
    const text = linesOf(status);
    expect(text).toContain('http://x, version 1.2.3, process 42');
    expect(text).toMatch(/^up +1 d 1 h 1 min$/m);
    expect(text).toMatch(/^connections +1,234 of at most 20,000$/m);
    expect(text).toMatch(/10 accepted = 4 delivered \+ 1 failed \+ 5 pending/);
    expect(text).toMatch(/^imbalance +none$/m);
  });

  test('shows a ledger that does not balance in red', () => {
    expect(linesOf({ ...status, ledger: { ...status.ledger, imbalance: -2 } })).toMatch(/RED -2 - .*does not balance/);
  });

  test('counts what was rejected by its code, the most frequent first, and the commits', () => {
    const text = linesOf({
      ...status,
      rejected: { invalid: 2, mailbox_full: 1_300 },
      commits: { flushed: 7, messages: 9_000 },
    });
    expect(text).toMatch(/^rejected +1,300 mailbox_full, 2 invalid$/m);
    expect(text).toMatch(/^commits +7, with 9,000 messages$/m);
    expect(linesOf({ ...status, rejected: {} })).toMatch(/^rejected +none$/m);
  });

  test('shows what this version does not know of', () => {
    expect(linesOf({ ...status, cluster: { nodes: 3 } })).toMatch(/^cluster +\{"nodes":3\}$/m);
  });

  test('says when the router drains', () => {
    expect(linesOf({ ...status, draining: true })).toMatch(/^up .*, draining$/m);
  });

  test('says whether the mailboxes on disk are counted yet', () => {
    expect(linesOf({ ...status, mailboxes: { counted: true } })).toMatch(/^mailboxes +every deep one is known$/m);
    expect(linesOf({ ...status, mailboxes: { counted: false } })).toMatch(
      /^mailboxes +those on disk are still being counted$/m,
    );
  });

  test('says how much room the disk has, and in red that it is too little', () => {
    const disk = { freeBytes: 82_413_346_816, reserve: 67_108_864, isTight: false };
    expect(linesOf({ ...status, disk })).toMatch(/^disk +82,413\.3 MB free$/m);
    expect(linesOf({ ...status, disk: { ...disk, freeBytes: 1_000_000, isTight: true } })).toMatch(
      /^disk +RED 1\.0 MB free, less than the reserve of 67\.1 MB: nothing more is stored, make room$/m,
    );
  });

  test('says how many logins wait, and how many were told to come back', () => {
    expect(linesOf({ ...status, logins: { waiting: 1_200, turnedAway: 3 } })).toMatch(
      /^logins +1,200 wait for their turn, 3 were told to come back later$/m,
    );
  });

  test('says how many messages were given up, and where to look', () => {
    const none = { kept: 0, bytes: 0, dropped: 0 };
    expect(linesOf({ ...status, deadLetters: none })).toMatch(/^dead letters +none$/m);
    expect(linesOf({ ...status, deadLetters: { kept: 1_000, bytes: 5, dropped: 2 } })).toMatch(
      /^dead letters +1,000 messages were given up, 2 pushed out by newer ones: see `mailbeam deadletters list`$/m,
    );
  });

  test('does not break at an answer that is something else', () => {
    expect(linesOf('nothing')).toMatch(/^connections +\?$/m);
  });
});

describe('a duration', () => {
  test.each([
    [0, '0 s'],
    [999, '0 s'],
    [59_000, '59 s'],
    [3_600_000, '1 h'],
    [3_661_000, '1 h 1 min 1 s'],
    [86_400_000 * 3 + 1_000, '3 d'],
    [NaN, '?'],
  ])('of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
