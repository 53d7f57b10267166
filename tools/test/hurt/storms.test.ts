import { expect, test } from '@jest/globals';
import { runStorm } from './run-storm.js';

test.each([
  ['everybody logs in with mail waiting', 'logins', []],
  ['everybody is cut with mail on its way, and is back in one moment', 'return', []],
  ['who is told to come back does, and nobody is turned away in silence', 'return', ['--hellos-waiting', '50']],
  ['one mailbox gets very deep, and is emptied, while others go on', 'deep', []],
  ['200 senders write to one at full rate', 'fan-in', []],
  ['the clock steps by an hour, both ways', 'clock', []],
  ['peers do not read, do not ack, trickle, hang up, come and go', 'hostile', []],
])(
  '%s',
  async (_what, storm, flags) => {
    const { code, text } = await runStorm(storm, flags);
    if (code !== 0) throw new Error(text);
    expect(text).toMatch(/passed\n$/);
  },
  120_000,
);
