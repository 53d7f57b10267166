import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runMailbeam } from '../src/program.js';
import { RecordedOutput } from './code/recorded-output.js';

let server: Server;
let url: string;
/** What each request had as `Authorization`. */
let asked: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(503, { 'content-type': 'application/json' }).end('{"error":"draining","detail":"it drains"}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

beforeEach(() => {
  asked = [];
});

/** Each command that asks the admin port, as an operator types it without flags. */
const commands = [
  ['status'],
  ['top', '--once'],
  ['alerts'],
  ['alerts', '--follow'],
  ['console'],
  ['tree'],
  ['inspect', 'alice'],
  ['trace', 'alice'],
  ['disconnect', 'alice'],
  ['load', 'echo'],
  ['versions'],
  ['rollback', 'echo'],
];

describe('a command that asks the admin port', () => {
  test.each(commands.map((words) => [words.join(' '), words] as const))(
    '%s: asks the one that --admin names, with the token of --admin-token',
    async (_name, words) => {
      const output = new RecordedOutput();
      const status = await runMailbeam([...words, '--admin', url, '--admin-token', 'a-token'], output);
      expect(asked.length).toBeGreaterThan(0);
      for (const authorization of asked) expect(authorization).toBe('Bearer a-token');
      expect(status).not.toBe(0);
      expect(output.noted).toContain('it drains');
      expect(output.noted).not.toContain('a-token');
    },
  );
});
