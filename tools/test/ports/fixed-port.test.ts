import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { FixedPort } from '../../src/ports/fixed-port.js';

test('nobody is given a port that another has claimed, also while nobody listens on it', async () => {
  const ports = await Promise.all(Array.from({ length: 200 }, () => FixedPort.claim()));
  try {
    expect(new Set(ports.map(({ number }) => number)).size).toBe(200);
    const server = createServer();
    server.listen({ host: '127.0.0.1', port: ports[0]!.number });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  } finally {
    for (const port of ports) port.release();
  }
});
