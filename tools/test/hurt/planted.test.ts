import { expect, test } from '@jest/globals';
import { stormMutant } from './run-storm.js';

// Each runs in processes of its own, and nothing is measured: two at a time (`maxConcurrency`).

test.concurrent(
  'a router that turns clients away in silence is found',
  async () => {
    const mutation = {
      file: 'packages/router/dist/admission.js',
      find: "port.out().goodbye('overloaded'",
      replace: "((..._) => undefined)('overloaded'",
    };
    const { text } = await stormMutant(mutation, 'logins', ['--hellos-waiting', '50']);
    expect(text).toContain('were turned away and not told when to come back');
  },
  120_000,
);

test.concurrent(
  'a router that waits by the wall clock is found',
  async () => {
    const mutation = {
      file: 'packages/router/dist/clock.js',
      find: 'this.mono = performance.now() + 1;',
      replace: 'this.mono = this.wall;',
    };
    const { text } = await stormMutant(mutation, 'clock');
    expect(text).toContain('FAILED: not so: a connection that has said no HELLO yet has its time');
  },
  120_000,
);

test.concurrent(
  'a router that loses one of many is found',
  async () => {
    const mutation = {
      file: 'packages/router/dist/mailbox/hand-out.js',
      find: 'outlet.deliver(message);',
      replace: 'if (message.cid % 1_000 !== 999) outlet.deliver(message);',
    };
    for (const storm of ['deep', 'fan-in']) expect((await stormMutant(mutation, storm)).text).toContain('FAILED');
  },
  120_000,
);

test.concurrent(
  'a router that goes on writing to who does not read is found',
  async () => {
    const mutation = {
      file: 'packages/router/dist/port/port.js',
      find: 'if (this.stalledAt === 0 && this.socket.bufferedBytes > this.limits.backpressureBytes) {',
      replace: 'if (false) {',
    };
    const { text } = await stormMutant(mutation, 'hostile', ['--opens', '1']);
    expect(text).toMatch(/FAILED: (?:not so: memory|mute-)/);
  },
  120_000,
);
