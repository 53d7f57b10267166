/** A handler that never returns: the watchdog names it, ends the node, and the parent starts another. */
import { connect } from '@mailbeam/client';
import type { Client } from '@mailbeam/client';
import { afterEach, expect, jest, test } from '@jest/globals';
import { SpawnedStart } from '../start/spawned-start.js';

jest.setTimeout(60_000);

let spawned: SpawnedStart | undefined;
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await spawned?.dispose();
});

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
])(
  'a handler that %s for ever is named, and the node is ready again within 2 s of its death',
  async (_, to, env, says) => {
    const entry = { FAKE_NODE_ENTRY: new URL('node-that-hangs.mjs', import.meta.url).href };
    spawned = await SpawnedStart.of({ port: '0', adminPort: '0', json: true, data: 'data' }, { ...entry, ...env });
    const { port } = await spawned.ready();
    const alice = client(port, 'alice');
    await alice.send('bob', 'safe');
    void alice.send(to, 'x');
    // not again at the next node
    alice.on('state', ({ name }) => {
      if (name === 'waiting') void alice.close();
    });
    await spawned.line('stderr', says);
    const died = performance.now();
    await spawned.line('stderr', /up again/);
    expect(performance.now() - died).toBeLessThan(2_000);
    for await (const message of client(port, 'bob').messages()) {
      expect(message.text()).toBe('safe');
      break;
    }
  },
);
