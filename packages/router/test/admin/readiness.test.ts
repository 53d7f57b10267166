import { expect, test } from '@jest/globals';
import { readiness } from '../../src/admin/readiness.js';

const well = { draining: false, commits: 7, failedAt: null, isTight: false, isCritical: false };

test.each([
  ['a node that is well', well, 'ready'],
  ['a node whose commit failed and was flushed since', { ...well, failedAt: 6 }, 'ready'],
  ['a node whose commit failed, when nothing was flushed since', { ...well, failedAt: 7 }, 'commits_stopped'],
  ['a node whose disk is nearly full', { ...well, isTight: true }, 'disk_full'],
  ['a node with a critical alert that counts', { ...well, isCritical: true }, 'critical'],
  ['a node that drains, whatever else', { ...well, failedAt: 7, isCritical: true, draining: true }, 'draining'],
])('of %s, %j, it is said: %s', (_what, view, expected) => {
  expect(readiness(view)).toBe(expected);
});
