import { describe, expect, test } from '@jest/globals';
import { tracesCommand, tracesLines } from '../../src/traces/traces-command.js';
import { RecordedOutput } from '../code/recorded-output.js';

const view = {
  endpoint: 'http://localhost:4318/v1/traces',
  sample: 0.01,
  until: null,
  usual: 0.001,
  perSecond: 20,
  figures: null,
};

describe('mailbeam traces', () => {
  test('says how much is traced, for how long, and what comes then', () => {
    const spans = { exported: 7, failed: 2, dropped: 1 };
    expect(
      tracesLines({ ...view, until: 630_000, figures: { sampled: 3, limited: 4, open: 2, spans } }, 1_000),
    ).toEqual([
      '1 % of the messages for 10 min 29 s, then 0.1 %, at most 20 a second, to http://localhost:4318/v1/traces',
      'messages  3 traced, 2 of them on their way, 4 over the limit',
      'spans     7 exported, 2 failed, 1 dropped',
    ]);
  });

  test('says when nothing was traced, and what a router without a collector lacks', () => {
    expect(tracesLines(view, 0)[1]).toBe('nothing was traced since the start');
    expect(tracesLines({ ...view, endpoint: '' }, 0)).toEqual([expect.stringContaining('traces.endpoint')]);
  });

  test.each([
    [{ for: '10m' }, '--for changes the share'],
    [{ sample: '101%' }, '--sample 101%'],
    [{ sample: 'all' }, '--sample all'],
    [{ sample: '1%', for: 'long' }, '--for long'],
    [{ sample: '1%', for: '25h' }, '--for 25h: must be a time from 1ms to 24h'],
  ])('refuses %j', async (flags, words) => {
    await expect(tracesCommand(flags, new RecordedOutput())).rejects.toThrow(words);
  });
});
