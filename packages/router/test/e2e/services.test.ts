import { pbkdf2Sync } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@mailbeam/client';
import type { Client, Message } from '@mailbeam/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StartedRouter } from './start-router.js';

let router: StartedRouter;
const clients: Client[] = [];
const handlers = mkdtempSync(join(tmpdir(), 'mailbeam-services-e2e-'));

beforeAll(async () => {
  copyFileSync(join(import.meta.dirname, 'services/ledger.ts'), join(handlers, 'ledger.ts'));
  router = await StartedRouter.start({ MAILBEAM_CODE_HANDLERS: handlers });
  await router.load('ledger.ts');
}, 60_000);

afterAll(async () => {
  for (const client of clients) await client.close();
  await router.dispose();
  rmSync(handlers, { recursive: true });
});

function person(name: string) {
  const messages: Message[] = [];
  let heard = (): void => undefined;
  const client = connect({
    url: `ws://127.0.0.1:${router.port}`,
    token: name,
    onMessage: (message) => {
      messages.push(message);
      heard();
    },
  });
  clients.push(client);
  const next = async (): Promise<Message> => {
    while (messages.length === 0) await new Promise<void>((resolve) => (heard = resolve));
    return messages.shift()!;
  };
  return { client, next };
}

describe('a service that was loaded into a running router', () => {
  test('takes messages, answers them, and its sender learns that they are delivered', async () => {
    const { client, next } = person('ann');
    const sent = client.send('$ledger', '7');
    const delivered = new Promise((resolve) => sent.on('delivered', resolve));
    await sent;
    await delivered;
    const answer = await next();
    expect([answer.from, answer.text()]).toEqual(['$ledger', 'total 7']);
    await answer.markRead();
  });

  test('answers calls with results, with errors of its own, and with what is wrong with the arguments', async () => {
    const { client } = person('bob');
    expect(await client.call('ledger', 'total', null)).toEqual({ total: 7 });
    expect(await client.call('$ledger', 'take', { amount: 2 })).toBe(5);
    await expect(client.call('ledger', 'take', { amount: 99 })).rejects.toMatchObject({ code: 'not_enough' });
    await expect(client.call('ledger', 'take', { amount: 'all' })).rejects.toMatchObject({ code: 'bad_args' });
    await expect(client.call('ledger', 'sweep', null)).rejects.toMatchObject({ code: 'unknown_method' });
    await expect(client.call('nobody', 'total', null)).rejects.toMatchObject({ code: 'unknown_service' });
  });

  test('signals back', async () => {
    const { client } = person('carol');
    const heard = new Promise((resolve) => {
      client.on('signal', (signal) => resolve([signal.from, new TextDecoder().decode(signal.body)]));
    });
    await client.call('ledger', 'total', null);
    client.signal('$ledger', 'hello');
    expect(await heard).toEqual(['$ledger', 'hello yourself']);
  });

  test('runs its tasks in threads, and ends one that takes too long', async () => {
    const { client } = person('dan');
    const hash = pbkdf2Sync('1234', 'salt', 1_000, 16, 'sha256').toString('hex');
    expect(await client.call('ledger', 'hash', '1234')).toBe(hash);
    await expect(client.call('ledger', 'hang', null)).rejects.toMatchObject({ code: 'failed' });
    expect(await client.call('ledger', 'hash', '1234')).toBe(hash);
  }, 60_000);

  test('goes to another version with its state while calls go on, and none of them fails', async () => {
    const { client } = person('fay');
    const file = join(handlers, 'ledger.ts');
    const before = await client.call('ledger', 'total', null);
    const second = readFileSync(file, 'utf8')
      .replace("'1.0.0'", "'2.0.0'")
      .replace('({ total: state.total })', '({ total: state.total, by: 2 })');
    writeFileSync(file, second);
    let isLoading = true;
    const answers: unknown[] = [];
    const calling = (async () => {
      while (isLoading) answers.push(await client.call('ledger', 'total', null));
    })();
    await router.load('ledger.ts');
    isLoading = false;
    await calling;
    expect(answers[0]).toEqual(before);
    expect(await client.call('ledger', 'total', null)).toEqual({ ...(before as object), by: 2 });
  }, 60_000);

  test('is there after a SIGKILL, and handles what was accepted', async () => {
    const { client, next } = person('eve');
    await client.call('ledger', 'total', null);
    await router.killNode();
    await client.send('$ledger', '1');
    expect((await next()).text()).toMatch(/^total/);
    const { ledger } = await router.statusWhen((status) => status.pendingMessages === 0);
    expect(ledger.imbalance).toBe(0);
  }, 60_000);
});
