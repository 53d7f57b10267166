import { describe, expect, test } from '@jest/globals';
import { connectionLimit, descriptorLimit, socketLimit } from '../../src/config/index.js';
import { limitIn } from '../../src/config/descriptor-limit.js';

describe('the connection limit', () => {
  test.each([
    [0, 20_500, 20_000, ''],
    [500, 20_500, 500, ''],
    [0, 10_500, 10_000, ''],
    [0, 1_024, 524, /only 524 connections are possible: the descriptor limit is 1024; raise it/],
    [1_000, 1_024, 524, /limits\.connections is 1000, only 524 are possible/],
    [100, 1_024, 100, ''],
    [0, 500, 0, /no connection is possible/],
    [0, undefined, 10_000, ''],
  ])('with %d asked for and %s descriptors is %d', (asked, descriptors, connections, warning) => {
    const limit = connectionLimit(asked, descriptors);
    expect(limit.connections).toBe(connections);
    if (typeof warning === 'string') expect(limit.warning).toBe(warning);
    else expect(limit.warning).toMatch(warning);
  });
});

test('sockets that are no connections yet leave descriptors for files and the admin port too', () => {
  expect(socketLimit(20_500)).toBe(20_128);
  expect(socketLimit(100)).toBe(0);
  expect(socketLimit(undefined)).toBe(Infinity);
});

describe('the descriptor limit', () => {
  test('is read from the text of /proc/PID/limits, the soft one', () => {
    expect(
      limitIn(
        'Limit   Soft   Hard   Units\nMax open files            1024                 524288               files\n',
      ),
    ).toBe(1024);
    expect(limitIn('Max open files            unlimited            unlimited            files\n')).toBe(
      Number.MAX_SAFE_INTEGER,
    );
    expect(limitIn('nothing of the kind')).toBeUndefined();
  });

  test('of this process is known', () => {
    expect(descriptorLimit()).toBeGreaterThan(0);
  });
});
