import { expect, test } from '@jest/globals';
import { runStorm, stormMutant } from './run-storm.js';

test.each([
  ['everybody logs in with mail waiting, is cut and comes back', 'logins', []],
  ['who is told to come back does, and nobody is turned away in silence', 'logins', ['--hellos-waiting', '50']],
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

test('a router that turns clients away in silence is found', async () => {
  const mutation = {
    file: 'packages/router/dist/admission.js',
    find: "port.out().goodbye('overloaded'",
    replace: "((..._) => undefined)('overloaded'",
  };
  const { text } = await stormMutant(mutation, 'logins', ['--hellos-waiting', '50']);
  expect(text).toContain('were turned away and not told when to come back');
}, 120_000);

test('a router that waits by the wall clock is found', async () => {
  const mutation = {
    file: 'packages/router/dist/clock.js',
    find: 'this.mono = performance.now() + 1;',
    replace: 'this.mono = this.wall;',
  };
  const { text } = await stormMutant(mutation, 'clock');
  expect(text).toContain('FAILED: not so: a connection that has said no HELLO yet has its time');
}, 120_000);

test('a router that loses one of many is found', async () => {
  const mutation = {
    file: 'packages/router/dist/mailbox/hand-out.js',
    find: 'outlet.deliver(message);',
    replace: 'if (message.cid % 1_000 !== 999) outlet.deliver(message);',
  };
  for (const storm of ['deep', 'fan-in']) expect((await stormMutant(mutation, storm)).text).toContain('FAILED');
}, 120_000);

test('a router that goes on writing to who does not read is found', async () => {
  const mutation = {
    file: 'packages/router/dist/port/port.js',
    find: 'if (this.stalledAt === 0 && this.socket.bufferedBytes > this.limits.backpressureBytes) {',
    replace: 'if (false) {',
  };
  const { text } = await stormMutant(mutation, 'hostile', ['--opens', '1']);
  expect(text).toMatch(/FAILED: (?:not so: memory|mute-)/);
}, 120_000);
