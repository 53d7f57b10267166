/** How connections and the router end: a drain, and clients that vanish without a word. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

test('SIGTERM says GOODBYE to everybody with a time spread over them, flushes, and ends with 0 within 5 s', async () => {
  const started = performance.now();
  const router = await StartedRouter.start();
  const startMs = performance.now() - started;
  try {
    const people = await Promise.all(Array.from({ length: 20 }, (_, i) => Person.login(router.port, `p${i}`)));
    people.forEach((person) => person.send(1, 'away'));
    // all have arrived when each has its REPLY; not all need to have their answer
    people.forEach((person) => person.write((w) => w.call(1, 'x', 'y', null)));
    await Promise.all(people.map((person) => person.next('reply')));
    const begin = performance.now();
    router.signal('SIGTERM');
    const goodbyes = await Promise.all(people.map((person) => person.next('goodbye')));
    // what came before it is answered, on this connection
    await Promise.all(people.map((person) => person.accepted(1)));
    expect(await Promise.all(people.map((person) => person.closed()))).toEqual(people.map(() => 4006));
    const { code } = await router.ended;
    expect(code).toBe(0);
    // on a busy machine as long as a start takes there
    expect(performance.now() - begin).toBeLessThan(Math.max(5_000, startMs));
    expect(new Set(goodbyes.map(({ retryAfterMs }) => retryAfterMs)).size).toBeGreaterThan(10);
    expect(await router.checkStore()).toEqual({ code: 0, says: expect.stringMatching(/\b20 messages wait\b/) });
  } finally {
    await router.dispose();
  }
}, 90_000);

test('a client that is stopped with SIGSTOP is found within the idle time-out and 4 s, and its messages are pending', async () => {
  const router = await StartedRouter.start({ MAILBEAM_IDLE_TIMEOUT_SECONDS: '8' });
  const script = join(import.meta.dirname, 'silent-client.mjs');
  const client = spawn(process.execPath, [script, String(router.port), 'sleeper'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(client.stdout, 'data');
    client.kill('SIGSTOP');
    const began = performance.now();
    const ann = await Person.login(router.port, 'ann');
    ann.write((w) => w.watch(['sleeper'], true));
    expect(await ann.next('presence')).toMatchObject({ online: true });
    const stopped = performance.now();
    const busyMs = (stopped - began) * 20; // what takes 10 ms on a free machine shows how busy this one is
    for (let cid = 1; cid <= 3; cid++) ann.send(cid, 'sleeper');
    await ann.accepted(3);
    const away = await ann.next('presence', ({ online }) => !online);
    // it counts as away 3 s after its connection ended
    expect(away.at - stopped).toBeLessThan((8 + 4 + 3) * 1_000 + Math.max(750, busyMs));
    expect((await router.status()).pendingMessages).toBe(3);
    const awake = await Person.login(router.port, 'sleeper');
    await awake.next('deliver', ({ cid }) => cid === 3);
    expect(awake.bodies).toEqual(['m1', 'm2', 'm3']);
    ann.end();
    awake.end();
  } finally {
    client.kill('SIGKILL');
    await router.dispose();
  }
}, 90_000);
