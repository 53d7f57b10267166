import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CommandLine } from './command-line.js';
import type { Finished } from './command-line.js';
import { SilentRouter } from './silent-router.js';

jest.setTimeout(60_000);

let line: CommandLine;

beforeAll(async () => {
  line = await CommandLine.make();
});

afterAll(async () => {
  await line.dispose();
});

const send = (url: string, text: string, seconds: string): Promise<Finished> =>
  line.mailbeam(['send', '--as', 'a', '--to', 'b', '--state', 'a.state', '--timeout', seconds, '--url', url, text]);

test('a send without an answer exits with 4, is kept, and goes out before the next', async () => {
  const router = await SilentRouter.start('silent');
  const first = await send(router.url, 'x', '3');
  expect(first.code).toBe(4);
  expect(first.stderr).toMatch(/no answer within 3 s: the router may or may not have the message/);
  expect(first.stderr).toMatch(/kept in a\.state and sent again .* do not send it once more/);
  expect(router.sends).toBe(1);
  await send(router.url, 'y', '3');
  expect(router.sends).toBe(3);
  await router.close();
});

test.each([
  [4001, 5, /does not take the token of a/],
  [4003, 5, /a connected elsewhere/],
] as const)('a connection that ends with %d exits with %d', async (close, code, message) => {
  const router = await SilentRouter.start(close);
  const sent = await send(router.url, 'x', '30');
  expect(sent.code).toBe(code);
  expect(sent.stderr).toMatch(message);
  await router.close();
});
