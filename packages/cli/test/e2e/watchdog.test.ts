/** A handler that never returns: the watchdog names it, ends the node, and the parent starts another. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { connect } from '@mailbeam/client';
import type { Client } from '@mailbeam/client';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { RouterPorts } from '@mailbeam/tools/ports';
import { SpawnedStart } from '../start/spawned-start.js';

jest.setTimeout(60_000);

let ports: RouterPorts;
let spawned: SpawnedStart | undefined;
const clients: Client[] = [];

beforeEach(async () => {
  ports = await RouterPorts.claim();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  for (const pid of spawned?.nodePids() ?? []) killIfAlive(pid);
  await spawned?.dispose();
  ports.release();
});

/** A node whose loop is held does not see that its parent has gone. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function start(env: Readonly<Record<string, string>> = {}): Promise<{ readonly port: number }> {
  const flags = { port: String(ports.port), adminPort: String(ports.adminPort), json: true, data: 'data' };
  const entry = { FAKE_NODE_ENTRY: new URL('node-that-hangs.mjs', import.meta.url).href };
  spawned = await SpawnedStart.of(flags, { ...entry, ...env });
  return spawned.ready();
}

function client(port: number, user: string): Client {
  const connected = connect({ url: `ws://127.0.0.1:${port}`, token: user });
  clients.push(connected);
  return connected;
}

test.each([
  ['loops', 'loop', {}, /signal SIGKILL.*: session 6\.6\.6 \(actor \d+\) held the event loop for 2,000 ms/],
  [
    'takes memory',
    'allocate',
    // less than what fits into this machine, so that the heap is full before the watchdog acts
    { NODE_OPTIONS: '--max-old-space-size=256' },
    /died \(signal SIG(ABRT|KILL).*: session 6\.6\.6 \(actor \d+\) held the event loop for [\d,]+ ms/,
  ],
])('a handler that %s for ever is named, and the node is started again at once', async (_, to, env, says) => {
  const { port } = await start(env);
  const alice = client(port, 'alice');
  await alice.send('bob', 'safe');
  void alice.send(to, 'x');
  // not again at the next node
  alice.on('state', ({ name }) => {
    if (name === 'waiting') void alice.close();
  });
  expect(await spawned!.line('stderr', says)).toContain('it is started again now');
  await spawned!.line('stderr', /up again/);
  for await (const message of client(port, 'bob').messages()) {
    expect(message.text()).toBe('safe');
    break;
  }
});

test('a note that cannot be written keeps nobody from ending the node: only the name is lost', async () => {
  const { port } = await start();
  // what the note is written to first
  await mkdir(path.join(spawned!.directory, 'data/held-loop.json.new'));
  const alice = client(port, 'alice');
  void alice.send('loop', 'x');
  alice.on('state', ({ name }) => {
    if (name === 'waiting') void alice.close();
  });
  expect(await spawned!.line('stderr', /died/)).toMatch(/signal SIGKILL/);
  await spawned!.line('stderr', /up again/);
});
