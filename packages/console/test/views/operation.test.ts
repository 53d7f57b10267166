import { expect, test } from '@jest/globals';
import { watchText } from '../../src/views/operation.js';

test('a watch says how long it goes on, and that it goes on for want of samples', () => {
  expect([watchText(60_000, 0), watchText(60_000, 25_400), watchText(60_000, 60_001)]).toEqual([
    'watched for 1 min, 1 min left',
    'watched for 1 min, 35 s left',
    'watched longer than 1 min: too little has happened to judge',
  ]);
});
