import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { CommandLine } from '../e2e/command-line.js';
import { FakeCodeServer } from './fake-code-server.js';

jest.setTimeout(60_000);

let server: FakeCodeServer;
let line: CommandLine;

beforeEach(async () => {
  server = await FakeCodeServer.listen();
  line = await CommandLine.make();
});

afterEach(async () => {
  await line.dispose();
  await server.close();
});

test('Ctrl-C ends the showing of a load, not the load, and says how to look at it', async () => {
  server.begin = () => ({ phase: 'gating', name: 'echo', version: '1.1.0' });
  const load = line.run(['load', 'echo', ...server.flags]);
  await server.awaited('op-1');
  load.process.kill('SIGINT');
  const { code, stderr } = await load.finished;
  expect(code).toBe(130);
  expect(stderr).toMatch(/echo 1\.1\.0: this load goes on in the router \(op-1\)\n {2}`mailbeam versions echo` shows/);
  expect(server.asked).toHaveLength(1);
});
