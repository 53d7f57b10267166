import { createServer, get } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EventHub } from '../../src/sinks/event-hub.js';
import type { Follower } from '../../src/sinks/event-hub.js';
import { LogSink } from '../../src/sinks/log-sink.js';
import { event } from '../alerts/sample-alert.js';
import { Awaited } from '../awaited.js';

describe('whoever follows', () => {
  let hub: EventHub;
  let server: Server;
  let gone: Awaited<void>;

  beforeEach(async () => {
    const current = (hub = new EventHub('run1'));
    const left = (gone = new Awaited<void>());
    server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const follower: Follower = {
        write: (text) => response.write(text) || response.writableLength < 65_536,
        close: () => void response.end(),
      };
      const last = request.headers['last-event-id'];
      hub.follow(follower, Array.isArray(last) ? last[0] : last, [event('firing', { id: 'now' })]);
      request.socket.on('close', () => {
        current.unfollow(follower);
        left.put(undefined);
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    await hub.close();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });

  /** Events (blocks of lines) of one connection. */
  async function follow(
    headers: Record<string, string> = {},
  ): Promise<{ blocks: Awaited<string>; response: IncomingMessage }> {
    const { port } = server.address() as AddressInfo;
    const blocks = new Awaited<string>();
    const response = await new Promise<IncomingMessage>(
      (resolve) => void get({ port, host: '127.0.0.1', headers, agent: false }, resolve),
    );
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      const parts = (text + chunk).split('\n\n');
      text = parts.pop()!;
      for (const part of parts) blocks.put(part);
    });
    expect(await blocks.next()).toBe('retry: 2000');
    return { blocks, response };
  }

  const idOf = (block: string): string =>
    (JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as { alert: { id: string } }).alert.id;

  test('is told what fires now, then every change', async () => {
    const { blocks } = await follow();
    expect([idOf(await blocks.next()), await blocks.next()]).toEqual(['now', 'id: run1-0']);
    hub.tell(event('firing', { id: 'a' }));
    hub.tell(event('resolved', { id: 'a' }));
    const [first, second] = [await blocks.next(), await blocks.next()];
    expect(first.split('\n').slice(0, 2)).toEqual(['id: run1-1', 'event: alert']);
    expect(JSON.parse(second.split('\ndata: ')[1]!)).toMatchObject({
      type: 'resolved',
      alert: { id: 'a', figures: { drainSeconds: 'never', depth: 41_250 } },
    });
  });

  test('is told what it missed when it comes again', async () => {
    for (const id of 'abcde') hub.tell(event('firing', { id }));
    const { blocks } = await follow({ 'last-event-id': 'run1-3' });
    expect([idOf(await blocks.next()), idOf(await blocks.next())]).toEqual(['d', 'e']);
    hub.beat();
    expect(await blocks.next()).toBe(': still here');
  });

  test('is told nothing twice when it missed nothing', async () => {
    hub.tell(event('firing', { id: 'a' }));
    const { blocks } = await follow({ 'last-event-id': 'run1-1' });
    hub.tell(event('resolved', { id: 'a' }));
    expect(await blocks.next()).toMatch(/^id: run1-2$/m);
  });

  test.each([
    ['another run of the node', 'run0-1'],
    ['nobody', 'run1-300'],
    ['nobody, too', '1'],
    ['a time of which not everything is known any more', 'run1-0'],
  ])('is new when its last id is of %s', async (_, id) => {
    for (let i = 0; i < 257; i++) hub.tell(event('firing', { id: 'a' }));
    const { blocks } = await follow({ 'last-event-id': id });
    expect(idOf(await blocks.next())).toBe('now');
  });

  test('can tell two runs of a node apart', () => {
    const texts = [1, 2].map(() => {
      const written: string[] = [];
      new EventHub().follow({ write: (text) => written.push(text) > 0, close: () => undefined }, undefined, []);
      return written.at(-1);
    });
    expect(texts[0]).toMatch(/^id: [0-9a-f]{16}-0\n\n$/);
    expect(texts[0]).not.toBe(texts[1]);
  });

  test('is forgotten when it has gone', async () => {
    const { response } = await follow();
    expect(hub.followers).toBe(1);
    response.destroy();
    await gone.next();
    expect(hub.followers).toBe(0);
  });

  test('and does not read is closed, and holds up nobody', () => {
    let closed = 0;
    hub.follow({ write: () => false, close: () => void closed++ }, undefined, []);
    hub.tell(event('firing'));
    expect([closed, hub.followers]).toEqual([1, 0]);
  });

  test('is refused when a hundred do', () => {
    const follower = (): Follower => ({ write: () => true, close: () => undefined });
    const taken = Array.from({ length: 101 }, () => hub.follow(follower(), undefined, []));
    expect(taken.filter((ok) => ok).length).toBe(100);
  });
});

test('the log says it by severity, with the alert as data', () => {
  const lines: unknown[][] = [];
  const line =
    (level: string) =>
    (fields: object, text: string): void =>
      void lines.push([level, (fields as { event: string }).event, text.split('\n')[0]]);
  const sink = new LogSink({ info: line('info'), warn: line('warn'), error: line('error') });
  sink.tell(event('firing'));
  sink.tell(event('firing', { severity: 'warning' }));
  sink.tell(event('resolved'));
  expect(lines).toEqual([
    ['error', 'alert_firing', 'critical: consumer_stuck: session 3kq9x0r2ab'],
    ['warn', 'alert_firing', 'warning: consumer_stuck: session 3kq9x0r2ab'],
    ['info', 'alert_resolved', 'resolved: consumer_stuck: session 3kq9x0r2ab'],
  ]);
});
