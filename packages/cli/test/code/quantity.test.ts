import { describe, expect, test } from '@jest/globals';
import { durationMs, durationMsWithin, percent } from '../../src/code/quantity.js';

describe('a time', () => {
  test.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['3d', 259_200_000],
    ['1.5 min', 90_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['0', 0],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(durationMs('--gate', text)).toBe(ms);
  });

  test.each(['', '30', 's', '-1s', '1e3s', '1w', 'Infinitys'])('%j is none', (text) => {
    expect(() => durationMs('--gate', text)).toThrow(/^--gate .*must be a time/);
  });
});

test('a time within bounds names them when it is beyond', () => {
  expect(['10ms', '1m', '2 min'].map((text) => durationMsWithin('--for', text, '10ms', '2m'))).toEqual([
    10, 60_000, 120_000,
  ]);
  for (const text of ['9ms', '0', '3m', '1d'])
    expect(() => durationMsWithin('--for', text, '10ms', '2m')).toThrow(
      `--for ${text}: must be a time from 10ms to 2m`,
    );
});

describe('a part of a hundred', () => {
  test.each([
    ['5%', 5],
    ['5', 5],
    ['0.5 %', 0.5],
    ['100%', 100],
  ])('%s is %d', (text, value) => {
    expect(percent('--canary', text)).toBe(value);
  });

  test.each(['', '%', '0', '0%', '101%', '-5%', '5%%', 'NaN'])('%j is none', (text) => {
    expect(() => percent('--canary', text)).toThrow(/^--canary .*must be a part/);
  });
});
