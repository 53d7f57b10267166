import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { connect } from '@mailbeam/client';
import type { Client } from '@mailbeam/client';
import { ExitCode } from '../../src/exit-code.js';
import type { Finished } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

const samples = fileURLToPath(new URL('../../../handlers/src', import.meta.url));

let router: RealRouter;
const clients: Client[] = [];

beforeAll(async () => {
  router = await RealRouter.start();
  await cp(samples, path.join(router.line.directory, 'handlers'), { recursive: true });
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await router.dispose();
});

const mailbeam = (...args: string[]): Promise<Finished> => router.line.mailbeam([...args, '--admin', router.admin]);
const load = (file: string): Promise<Finished> => mailbeam('load', `handlers/${file}`, '--gate', '0');

/** The file of a sample, under a name that need not be its own. */
const put = (sample: string, file: string): Promise<void> =>
  cp(path.join(samples, sample), path.join(router.line.directory, 'handlers', file));

function connected(user: string): Client {
  const client = connect({ url: router.url, token: user });
  clients.push(client);
  return client;
}

/** What was said to `user` by services since it was asked last. */
async function said(user: string, count: number): Promise<unknown[]> {
  return (await router.take(user, count)).map(({ from, text }) => `${String(from)}: ${String(text)}`);
}

describe('a sample in a real router', () => {
  test('echo sends back what it gets', async () => {
    expect(await load('echo.ts')).toMatchObject({ code: 0 });
    await router.send('ann', '$echo', 'hello');
    expect(await said('ann', 1)).toEqual(['$echo: hello']);
  });

  test('away answers for who is away, and his messages wait for him', async () => {
    expect(await load('away.ts')).toMatchObject({ code: 0 });
    await router.send('bob', '$away', 'away back on Monday');
    expect(await said('bob', 1)).toEqual(['$away: you are away']);
    expect(await load('away-notice.ts')).toMatchObject({ code: 0 });
    await router.send('ann', 'bob', 'lunch?');
    expect(await said('ann', 1)).toEqual(['$away: bob is away: back on Monday']);
    expect(await said('bob', 1)).toEqual(['ann: lunch?']);
  });

  test('counter takes over what its first version has counted, and gives it back', async () => {
    const client = connected('carl');
    await put('counter-v1.ts', 'counter.ts');
    expect(await load('counter.ts')).toMatchObject({ code: 0 });
    expect(await client.call('counter', 'add', { by: 40 })).toBe(40);
    await put('counter.ts', 'counter.ts');
    expect(await load('counter.ts')).toMatchObject({ code: 0 });
    expect(await client.call('counter', 'add', { by: 2 })).toBe(2);
    expect(await client.call('counter', 'total', null)).toBe(42);
    expect(await mailbeam('rollback', 'counter')).toMatchObject({ code: 0 });
    expect(await client.call('counter', 'total', null)).toBe(42);
  });

  test('word-filter blanks out words between users', async () => {
    expect(await load('word-filter.ts')).toMatchObject({ code: 0 });
    await router.send('ann', 'dora', 'what the heck');
    expect(await said('dora', 1)).toEqual(['ann: what the ****']);
  });

  test('pin hashes in a worker, and knows each user by itself', async () => {
    expect(await load('pin.ts')).toMatchObject({ code: 0 });
    const client = connected('eve');
    await client.call('pin', 'set', { pin: '1234' });
    expect(await client.call('pin', 'check', { pin: '1234' })).toBe(true);
    expect(await client.call('pin', 'check', { pin: '4321' })).toBe(false);
    const other = connected('frank');
    await expect(other.call('pin', 'check', { pin: '1234' })).rejects.toMatchObject({ code: 'not_set' });
  });

  test('is refused where the file lies outside the handlers directory', async () => {
    const outside = await mailbeam('load', path.join(samples, 'echo.ts'));
    expect(outside.code).toBe(ExitCode.REFUSED);
    expect(outside.stderr).toMatch(/outside the handlers directory/);
  });
});
