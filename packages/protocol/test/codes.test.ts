import { expect, test } from '@jest/globals';
import { CloseCode, closeCodes, errorCloses, errorCodes, mayReconnect } from '../src/index.js';

test('every close code has a sentence', () => {
  expect(new Set(Object.keys(closeCodes).map(Number))).toEqual(new Set<number>(Object.values(CloseCode)));
});

test('every error says whether it closes', () => {
  expect(new Set(Object.keys(errorCloses))).toEqual(new Set(Object.keys(errorCodes)));
});

test('a client does not reconnect by itself after 4000, 4001 and 4003 alone', () => {
  expect(Object.values(CloseCode).filter((code) => !mayReconnect(code))).toEqual([4000, 4001, 4003]);
  expect(mayReconnect(1006)).toBe(true);
});
