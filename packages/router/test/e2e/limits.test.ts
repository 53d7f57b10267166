/** Limits and bad input over a real socket, with limits made small by the configuration. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UpgradeRefused, WsOp } from '@mailbeam/tools/load';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

let router: StartedRouter;

beforeAll(async () => {
  router = await StartedRouter.start({
    MAILBEAM_LIMITS_MAX_MESSAGE_BYTES: '65536',
    MAILBEAM_LIMITS_MAILBOX_MESSAGES: '5',
    MAILBEAM_LIMITS_RATE: '20',
    MAILBEAM_LIMITS_WATCH: '3',
    MAILBEAM_LIMITS_CONNECTIONS: '8',
    MAILBEAM_HELLO_TIMEOUT_MS: '500',
    MAILBEAM_SLOW_CONSUMER_MS: '500',
    MAILBEAM_PRESENCE_AWAY_MS: '300',
  });
}, 60_000);

afterAll(async () => {
  await router.dispose();
});

const allGone = async (): Promise<unknown> => router.statusWhen(({ connections }) => connections === 0);

test('a text message is closed with 1003', async () => {
  const ann = await Person.login(router.port, 'ann-1');
  ann.connection.sendOp(WsOp.TEXT, Buffer.from('hello'));
  expect(await ann.closed()).toBe(1003);
});

test('a message over the limit is closed with 1009, one over twice that is cut off', async () => {
  const ann = await Person.login(router.port, 'ann-2');
  ann.connection.send(Buffer.alloc(65_537));
  expect(await ann.closed()).toBe(1009);
  const bob = await Person.login(router.port, 'bob-2');
  bob.connection.send(Buffer.alloc(2 * 65_536 + 1));
  expect(await bob.closed()).toBe(1006);
});

test('who says no HELLO is told so and closed with 4002, also when it goes on sending a byte now and then', async () => {
  const silent = await Person.connect(router.port);
  const slow = await Person.connect(router.port);
  const bytes = Buffer.from([0x82, 0x80 + 100, 0, 0, 0, 0, ...Buffer.alloc(100)]);
  let sent = 0;
  const trickle = setInterval(() => slow.connection.sendRaw(bytes.subarray(sent, ++sent)), 50);
  expect([await silent.closed(), await slow.closed()]).toEqual([4002, 4002]);
  clearInterval(trickle);
  expect(silent.of('error')).toEqual([{ what: 'error', code: 'hello_timeout' }]);
});

test('a bad frame is told and closed with 4000, and others do not notice', async () => {
  const bob = await Person.login(router.port, 'bob-4');
  const ann = await Person.login(router.port, 'ann-4');
  ann.connection.send(Buffer.from('ddffffffff', 'hex'));
  expect(await ann.closed()).toBe(4000);
  expect(ann.of('error')).toEqual([{ what: 'error', code: 'bad_frame' }]);
  bob.write((w) => w.call(1, 'x', 'y', null));
  expect(await bob.next('reply')).toMatchObject({ ok: false });
  bob.end();
});

test('past the quota of a mailbox senders get mailbox_full', async () => {
  const ann = await Person.login(router.port, 'ann-5');
  for (let cid = 1; cid <= 7; cid++) ann.send(cid, 'full');
  await ann.next('rejected', ({ cid }) => cid === 7);
  expect(ann.of('rejected').map(({ cid, code }) => [cid, code])).toEqual([
    [6, 'mailbox_full'],
    [7, 'mailbox_full'],
  ]);
  ann.end();
});

test('over the rate a SEND is rejected rate_limited and told when to come back', async () => {
  const bob = await Person.login(router.port, 'bob-6');
  for (let cid = 1; cid <= 60; cid++) bob.send(cid, `of-many-${cid}`);
  const { code, retryAfterMs } = await bob.next('rejected');
  expect(code).toBe('rate_limited');
  expect(retryAfterMs).toBeGreaterThan(0);
  bob.end();
});

test('more watched users than allowed get ERROR watch_limit, and the connection stays open', async () => {
  const ann = await Person.login(router.port, 'ann-7');
  ann.write((w) => w.watch(['a', 'b', 'c', 'd'], true));
  await ann.next('error', ({ code }) => code === 'watch_limit');
  ann.write((w) => w.watch(['a', 'b', 'c'], true));
  await ann.next('presence', ({ user }) => user === 'c');
  ann.end();
});

test('a watcher is told who is here, and who has been away for presenceAwayMs', async () => {
  const ann = await Person.login(router.port, 'ann-8');
  ann.write((w) => w.watch(['bob-8'], true));
  expect(await ann.next('presence')).toMatchObject({ user: 'bob-8', online: false });
  const bob = await Person.login(router.port, 'bob-8');
  await ann.next('presence', ({ online }) => online);
  const left = performance.now();
  bob.end();
  await ann.until(() => ann.of('presence').length === 3);
  const { online, at } = ann.of('presence')[2]!;
  expect(online).toBe(false);
  expect(at - left).toBeGreaterThanOrEqual(300 - 20);
  ann.end();
});

test('a client that does not read is told slow_consumer and closed with 4008; what it did not take is pending', async () => {
  const slow = await Person.login(router.port, 'slow-9');
  const ann = await Person.login(router.port, 'ann-9');
  slow.connection.pause();
  // SIGNALs are no entries: no window keeps them back
  const body = Buffer.alloc(4_096, 1);
  const flood = setInterval(() => ann.write((w) => Array.from({ length: 15 }, () => w.signal('slow-9', body))), 5);
  ann.send(1, 'slow-9');
  await router.statusWhen(({ connections }) => connections === 1);
  clearInterval(flood);
  slow.connection.resume();
  expect(await slow.closed()).toBe(4008);
  expect(slow.of('error')).toEqual([{ what: 'error', code: 'slow_consumer' }]);
  const again = await Person.login(router.port, 'slow-9');
  expect(await again.next('deliver')).toMatchObject({ body: 'm1' });
  again.end();
  ann.end();
}, 60_000);

test('over the limit of connections the answer is 503 with Retry-After', async () => {
  await allGone();
  const people = await Promise.all(Array.from({ length: 8 }, (_, i) => Person.login(router.port, `one-${i}`)));
  const refused = await Person.connect(router.port).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UpgradeRefused);
  expect((refused as UpgradeRefused).head).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: \d+/i);
  for (const person of people) person.end();
  await allGone();
}, 60_000);

test('a client that does not offer the subprotocol is refused with 400', async () => {
  await expect(Person.connect(router.port, { subprotocol: '' })).rejects.toMatchObject({ status: 400 });
  await expect(Person.connect(router.port, { subprotocol: 'mailbeam.v2' })).rejects.toMatchObject({ status: 400 });
});

test('a page of another host may not connect, one of the same host may', async () => {
  const refusals = ['http://evil.example', 'null', 'http://127.0.0.1:1', 'rubbish'];
  for (const origin of refusals) {
    await expect(Person.connect(router.port, { headers: { Origin: origin } })).rejects.toMatchObject({ status: 403 });
  }
  const own = await Person.connect(router.port, { headers: { Origin: `http://127.0.0.1:${router.port}` } });
  own.end();
});

test('open mode does not bind anything but loopback', async () => {
  const exposed = await StartedRouter.spawn({}, ['--host', '0.0.0.0']);
  const { code, stderr } = await exposed.ended;
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/open/);
  await exposed.dispose();
});
