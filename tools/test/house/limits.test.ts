import { expect, test } from '@jest/globals';
import { limits } from '@mailbeam/protocol';
import { configKey } from '@mailbeam/router/config';

/** Options of the router that have a default in the protocol too, for clients. */
const shared = {
  'limits.maxMessageBytes': limits.maxMessageBytes,
  'limits.sendWindow': limits.sendWindow,
  'limits.rate': limits.ratePerSecond,
  'limits.watch': limits.watch,
  'limits.window': limits.windowMax,
  'limits.inflightBytes': limits.inflightBytes,
  helloTimeoutMs: limits.helloTimeoutMs,
  slowConsumerMs: limits.slowConsumerMs,
  presenceAwayMs: limits.presenceAwayMs,
};

test.each(Object.entries(shared))('the default of %s is the limit of the protocol', (key, limit) => {
  expect(configKey(key)?.default).toBe(limit);
});
