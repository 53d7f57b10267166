import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { busyLimit, processGone, SpawnedStart } from './spawned-start.js';

jest.setTimeout(60_000);

const anyPorts = { port: '0', adminPort: '0', json: true };
let started: SpawnedStart[] = [];

async function start(
  flags: Readonly<Record<string, unknown>> = anyPorts,
  environment: Readonly<Record<string, string>> = {},
): Promise<SpawnedStart> {
  const spawned = await SpawnedStart.of(flags, environment);
  started.push(spawned);
  return spawned;
}

afterEach(async () => {
  await Promise.all(started.map((spawned) => spawned.dispose()));
  started = [];
});

describe('the ready line', () => {
  test('is the first line of stdout with --json, and names the ports and the parent', async () => {
    const spawned = await start();
    const ready = await spawned.ready();
    expect(spawned.stdout[0]).toBe(JSON.stringify(ready));
    expect(Object.keys(ready)).toEqual(['ready', 'port', 'adminPort', 'pid']);
    expect(ready).toMatchObject({ ready: true, pid: spawned.process.pid });
    expect(ready.port).toBeGreaterThan(0);
    expect(ready.adminPort).not.toBe(ready.port);
  });

  test('comes once, however often the node is started again', async () => {
    const spawned = await start();
    await spawned.ready();
    process.kill(spawned.nodePids()[0] ?? 0, 'SIGKILL');
    await spawned.line('stderr', /up again/);
    spawned.process.kill('SIGTERM');
    await spawned.exited;
    expect(spawned.stdout).toHaveLength(1);
  });

  test('is a few lines on what to try next for a person', async () => {
    const spawned = await start({ port: '0', adminPort: '0' });
    await spawned.line('stdout', /Ctrl-C/);
    const text = spawned.stdout.join('\n');
    expect(text).toMatch(/ready.* at ws:\/\/127\.0\.0\.1:\d+/);
    expect(text).toMatch(/mailbeam chat --as alice --to bob --url ws:\/\/127\.0\.0\.1:\d+/);
    expect(spawned.stdout.length).toBeLessThan(12);
  });
});

describe('a node that dies', () => {
  test('is started again on the same ports', async () => {
    const spawned = await start();
    const ready = await spawned.ready();
    process.kill(spawned.nodePids()[0] ?? 0, 'SIGKILL');
    await spawned.line('stderr', /died \(signal SIGKILL\)/);
    await spawned.line('stderr', /up again/);
    const taken = await bindError(ready.port);
    expect(taken).toBe('EADDRINUSE');
    expect(await bindError(ready.adminPort)).toBe('EADDRINUSE');
    expect(spawned.nodePids()).toHaveLength(2);
  });

  test('leaves to the next one what an operator has set: levels of the log, and the share of traced messages', async () => {
    const spawned = await start(anyPorts, { FAKE_NODE: 'is set otherwise' });
    await spawned.ready();
    process.kill(spawned.nodePids()[0] ?? 0, 'SIGKILL');
    await spawned.line('stderr', /up again/);
    expect(spawned.records().filter((line) => line.startsWith('set '))).toEqual([
      'set [null,null]',
      'set [{"node":"as an operator said"},{"sample":0.5,"until":null,"usual":0.5}]',
    ]);
  });

  test('more often than the restart intensity allows ends the parent with its own code', async () => {
    const spawned = await start(anyPorts, {
      FAKE_NODE: 'dies at start',
      MAILBEAM_RESTART_INTENSITY: '3',
      MAILBEAM_RESTART_DELAY_MS: '1',
    });
    const ended = await spawned.exited;
    expect(ended.code).toBe(7);
    expect(spawned.nodePids()).toHaveLength(4);
    expect(spawned.stderr.join('\n')).toMatch(/died too often.*SIGKILL/);
    expect(spawned.stdout).toEqual([]);
  });

  test('while the parent waits to start it again does not hold up a SIGTERM', async () => {
    const spawned = await start(anyPorts, {
      FAKE_NODE: 'dies at start',
      MAILBEAM_RESTART_DELAY_MS: '60000',
      MAILBEAM_RESTART_MAX_DELAY_MS: '60000',
    });
    await spawned.line('stderr', /in 60000 ms/);
    spawned.process.kill('SIGTERM');
    expect((await spawned.exited).code).toBe(0);
  });
});

describe('a start that cannot work', () => {
  test('says why and ends with its own code when the node refuses', async () => {
    const spawned = await start(anyPorts, { FAKE_NODE: 'refuses' });
    expect((await spawned.exited).code).toBe(6);
    expect(spawned.stderr.join('\n')).toMatch(/store is locked by process 4711 \(store_locked\)/);
    expect(spawned.nodePids()).toHaveLength(1);
  });

  test('is not tried again and again when the node ends by an error of its own', async () => {
    const spawned = await start(anyPorts, { FAKE_NODE: 'throws at start' });
    expect((await spawned.exited).code).toBe(6);
    expect(spawned.stderr.join('\n')).toMatch(/no such module.*exit code 1 before it was ready/s);
    expect(spawned.nodePids()).toHaveLength(1);
  });

  test('names the port that is taken, and what to do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const spawned = await start({ ...anyPorts, port: String(port) });
    expect((await spawned.exited).code).toBe(6);
    expect(spawned.stderr.join('\n')).toContain(`127.0.0.1:${port} is taken`);
    expect(spawned.nodePids()).toEqual([]);
    server.close();
  });

  test.each([
    ['host', { host: '0.0.0.0' }, {}],
    ['host', {}, { MAILBEAM_HOST: '192.168.1.5' }],
    ['admin.host', {}, { MAILBEAM_ADMIN_HOST: '0.0.0.0' }],
  ])('refuses to bind %s anywhere but on loopback in open mode', async (key, flags, environment) => {
    const spawned = await start({ ...anyPorts, ...flags }, environment);
    expect((await spawned.exited).code).toBe(2);
    expect(spawned.stderr.join('\n')).toMatch(new RegExp(`${key.replace('.', '\\.')} is .*loopback`));
    expect(spawned.nodePids()).toEqual([]);
  });

  test('shows every problem of the configuration at once', async () => {
    const spawned = await start({ ...anyPorts, port: '99999' }, { MAILBEAM_LIMITS_RAT: '5' });
    expect((await spawned.exited).code).toBe(2);
    const text = spawned.stderr.join('\n');
    expect(text).toMatch(/port is 99999 \(from flag --port\): must be a whole number from 0 to 65535/);
    expect(text).toMatch(/MAILBEAM_LIMITS_RAT: there is no such key; did you mean MAILBEAM_LIMITS_RATE/);
  });
});

describe('the end', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s drains the node and exits 0', async (signal) => {
    const spawned = await start();
    await spawned.ready();
    spawned.process.kill(signal);
    expect((await spawned.exited).code).toBe(0);
    expect(spawned.records().at(-1)).toBe('drained');
  });

  test('a second SIGTERM ends a drain that hangs, at once', async () => {
    const spawned = await start({ port: '0', adminPort: '0' }, { FAKE_NODE: 'never drains' });
    await spawned.line('stdout', /Ctrl-C/);
    spawned.process.kill('SIGTERM');
    await spawned.line('stderr', /draining/);
    spawned.process.kill('SIGTERM');
    expect((await spawned.exited).code).toBe(143); // 8 if it had waited for drainMs
    await processGone(spawned.nodePids()[0] ?? 0);
  });

  test('a drain that hangs is ended by force after drainMs, with a code of its own', async () => {
    const began = performance.now();
    const spawned = await start(anyPorts, { FAKE_NODE: 'never drains', MAILBEAM_DRAIN_MS: '300' });
    await spawned.ready();
    const before = performance.now();
    const startMs = before - began;
    spawned.process.kill('SIGTERM');
    expect((await spawned.exited).code).toBe(8);
    expect(performance.now() - before).toBeGreaterThan(290);
    expect(performance.now() - before).toBeLessThan(busyLimit(3_000, startMs));
    await processGone(spawned.nodePids()[0] ?? 0);
  });

  test('a node that dies while it drains is not started again, and is told of', async () => {
    const spawned = await start(anyPorts, { FAKE_NODE: 'dies while it drains' });
    await spawned.ready();
    spawned.process.kill('SIGTERM');
    expect((await spawned.exited).code).toBe(1);
    expect(spawned.stderr.join('\n')).toMatch(/died while it drained \(signal SIGKILL\)/);
    expect(spawned.nodePids()).toHaveLength(1);
  });

  test('a parent that is killed takes the node with it within 1 s, flushed', async () => {
    const began = performance.now();
    const spawned = await start();
    await spawned.ready();
    const startMs = performance.now() - began;
    const node = spawned.nodePids()[0] ?? 0;
    spawned.process.kill('SIGKILL');
    expect(await processGone(node)).toBeLessThan(busyLimit(1_000, startMs));
    expect(spawned.records().at(-1)).toBe('closed');
  });

  test('a node that was sent SIGTERM by somebody else drains and is started again', async () => {
    const spawned = await start();
    await spawned.ready();
    process.kill(spawned.nodePids()[0] ?? 0, 'SIGTERM');
    await spawned.line('stderr', /died \(exit code 0\)/);
    await spawned.line('stderr', /up again/);
    expect(spawned.records()).toContain('drained');
  });

  test('a node ignores the SIGINT that a terminal sends to the whole group', async () => {
    const spawned = await start();
    await spawned.ready();
    const node = spawned.nodePids()[0] ?? 0;
    process.kill(node, 'SIGINT');
    spawned.process.kill('SIGINT');
    expect((await spawned.exited).code).toBe(0);
    expect(spawned.nodePids()).toEqual([node]);
  });
});

test('a low descriptor limit is warned about', async () => {
  const spawned = await start(anyPorts, { MAILBEAM_LIMITS_CONNECTIONS: '9999999' });
  await spawned.ready();
  expect(spawned.stderr.join('\n')).toMatch(/warning: limits.connections is 9999999, only \d+ are possible/);
});

test('a configuration file in the directory is read', async () => {
  const directory = (await start()).directory;
  await writeFile(`${directory}/mailbeam.config.json`, '{ "restart": { "intensity": "often" } }');
  const spawned = await start({ ...anyPorts, config: `${directory}/mailbeam.config.json` });
  expect((await spawned.exited).code).toBe(2);
  expect(spawned.stderr.join('\n')).toMatch(/restart\.intensity is "often" \(from file .*mailbeam\.config\.json\)/);
});

/** The code of the error that binding that port gives; '' when it can be bound. */
async function bindError(port: number): Promise<string> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? '?'));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve('')));
  });
}
