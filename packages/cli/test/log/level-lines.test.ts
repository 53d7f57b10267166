import { expect, test } from '@jest/globals';
import { levelLines } from '../../src/log/log-command.js';
import { RecordedOutput } from '../code/recorded-output.js';

test('each area has its level, for how long, and what comes then', () => {
  const areas = {
    node: { level: 'info', until: null, usual: 'info' },
    clients: { level: 'debug', until: 630_000, usual: 'warn' },
  };
  const lines = levelLines({ areas } as unknown as Parameters<typeof levelLines>[0], 1_000, new RecordedOutput());
  expect(lines).toEqual(['area     level', 'node     info', 'clients  debug  for 10 min 29 s, then warn']);
});
