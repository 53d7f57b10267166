import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { connect } from '../../src/index.js';
import type { Client, ClientOptions, Message } from '../../src/index.js';
import { fileState } from '../../src/node.js';
import { inState, nextEvent, rejection } from '../bench.js';
import { RealRouter } from './real-router.js';

let router: RealRouter;
let clients: Client[];

beforeEach(async () => {
  clients = [];
  router = await RealRouter.start();
}, 60_000);

afterEach(async () => {
  for (const client of clients) await client.close();
  await router.dispose();
}, 60_000);

function as(user: string, options: Partial<ClientOptions> = {}): Client {
  const state = fileState(join(router.directory, `${user}.state`));
  const client = connect({ url: router.url, token: user, state, ...options });
  client.on('error', (error) => {
    throw error instanceof Error ? error : new Error(String(error));
  });
  clients.push(client);
  return client;
}

/** Collects messages, and settles when there are as many as asked for. */
class Shown {
  readonly messages: Message[] = [];
  private waiting: (() => void)[] = [];

  readonly onMessage = (message: Message): void => {
    this.messages.push(message);
    for (const resolve of this.waiting.splice(0)) resolve();
  };

  async count(count: number): Promise<string[]> {
    while (this.messages.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.messages.map((message) => message.text());
  }
}

describe('against a real router', () => {
  test('a message is accepted, delivered and read, and its sender is told each', async () => {
    const alice = as('alice');
    const bob = as('bob');
    const sent = alice.send('bob', 'hello');
    const delivered = new Promise((resolve) => sent.on('delivered', resolve));
    const read = new Promise((resolve) => sent.on('read', resolve));
    expect((await sent).cid).toBe(1);
    for await (const message of bob.messages()) {
      expect(message).toMatchObject({ from: 'alice', cid: 1 });
      expect(message.text()).toBe('hello');
      await message.markRead();
      await bob.close({ drain: true });
    }
    await delivered;
    await read;
  }, 60_000);

  test('who is away gets all messages in order when they come back', async () => {
    const alice = as('alice');
    const texts = Array.from({ length: 300 }, (_, i) => `message ${i}`);
    await Promise.all(texts.map((text) => alice.send('bob', text)));
    const shown = new Shown();
    as('bob', { onMessage: shown.onMessage });
    expect(await shown.count(texts.length)).toEqual(texts);
  }, 60_000);

  test('a node that is killed while messages flow loses, doubles and reorders none', async () => {
    const shown = new Shown();
    const alice = as('alice', { outboxLimit: { messages: 10_000 } });
    const bob = as('bob', { onMessage: shown.onMessage });
    await Promise.all([alice.ready(), bob.ready()]);
    const texts = Array.from({ length: 2000 }, (_, i) => `message ${i}`);
    const sent: Promise<unknown>[] = [];
    for (const [i, text] of texts.entries()) {
      sent.push(alice.send('bob', text));
      if (i % 20 === 19) await sent.at(-10);
      if (i % 600 === 500) {
        const waiting = inState(alice, 'waiting');
        await router.killNode();
        await waiting;
      }
    }
    await Promise.all(sent);
    expect(await shown.count(texts.length)).toEqual(texts);
  }, 60_000);

  test('a client that is made anew with its file resends and shows nothing twice', async () => {
    const alice = as('alice');
    await alice.send('bob', 'one');
    const first = new Shown();
    const bob = as('bob', { onMessage: first.onMessage });
    await first.count(1);
    await bob.close({ drain: true });
    await alice.close();
    const again = as('alice');
    expect((await again.send('bob', 'two')).cid).toBeGreaterThan(1);
    const second = new Shown();
    as('bob', { onMessage: second.onMessage });
    expect(await second.count(1)).toEqual(['two']);
  }, 60_000);

  test('the same user elsewhere closes the first client for good', async () => {
    const first = as('alice', { state: fileState(join(router.directory, 'laptop')) });
    await first.ready();
    const second = as('alice', { state: fileState(join(router.directory, 'phone')) });
    await second.ready();
    expect(await inState(first, 'closed')).toMatchObject({ reason: 'replaced' });
  }, 60_000);

  test('a message that cannot be taken is rejected with its code', async () => {
    const alice = as('alice');
    expect(await rejection(alice.send('#nobody', 'x'))).toMatchObject({ code: 'unknown_recipient' });
    expect(await rejection(alice.send('bob', new Uint8Array(262_000)))).toMatchObject({ code: 'too_large' });
    await alice.send('bob', new Uint8Array(261_120));
  }, 60_000);

  test('an expired message is told as failed', async () => {
    const alice = as('alice');
    const sent = alice.send('bob', 'for a second', { ttl: 1 });
    const failed = new Promise((resolve) => sent.on('failed', resolve));
    await sent;
    expect(await failed).toMatchObject({ code: 'expired' });
  }, 60_000);

  test('signals, presence and calls', async () => {
    const alice = as('alice');
    const bob = as('bob');
    await Promise.all([alice.ready(), bob.ready()]);
    const presence = nextEvent(alice, 'presence');
    alice.watch(['bob']);
    expect(await presence).toMatchObject({ user: 'bob', online: true });
    const signal = nextEvent(bob, 'signal');
    expect(alice.signal('bob', 'typing')).toBe(true);
    expect(await signal).toMatchObject({ from: 'alice' });
    expect(await rejection(alice.call('nothing', 'x', null))).toMatchObject({ code: 'unknown_service' });
  }, 60_000);
});
