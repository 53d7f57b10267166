import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;

beforeAll(async () => {
  router = await RealRouter.start();
});

afterAll(async () => {
  await router.dispose();
});

describe('send', () => {
  test('is done when the router has the message, which waits for its recipient', async () => {
    const sent = await router.send('anna', 'ben', 'hello', 'there');
    expect(sent).toMatchObject({ code: 0, stdout: 'accepted\n' });
    expect(await router.take('ben', 1)).toEqual([
      {
        from: 'anna',
        origin: expect.any(Number),
        cid: expect.any(Number),
        ts: expect.any(Number),
        text: 'hello there',
      },
    ]);
  });

  test('takes any bytes from standard input, and listen --json gives them back', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    const sent = await router.line.mailbeam(['send', '--as', 'anna', '--to', 'bytes', '--url', router.url, '-'], bytes);
    expect(sent.code).toBe(0);
    const [message] = await router.take('bytes', 1);
    expect(message).not.toHaveProperty('text');
    expect(Buffer.from(String(message?.['base64']), 'base64')).toEqual(Buffer.from(bytes));
  });

  test('with --json prints the answer', async () => {
    const sent = await router.send('anna', 'json', '--json', 'x');
    expect(JSON.parse(sent.stdout)).toEqual({ accepted: true, cid: expect.any(Number), ts: expect.any(Number) });
    const refused = await router.send('anna', '#nobody', '--json', 'x');
    expect(JSON.parse(refused.stdout)).toMatchObject({ accepted: false, code: 'unknown_recipient' });
  });

  test('exits with 3 and the reason when the router rejects', async () => {
    const refused = await router.send('anna', '#nobody', 'x');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/rejected \(unknown_recipient\)/);
    const large = await router.line.mailbeam(
      ['send', '--as', 'anna', '--to', 'ben', '--url', router.url, '-'],
      'x'.repeat(300_000),
    );
    expect(large.code).toBe(3);
    expect(large.stderr).toMatch(/too_large/);
  });

  test('never uses a number twice, also when several run at once', async () => {
    const sends = await Promise.all([1, 2, 3, 4, 5].map((n) => router.send('busy', 'many', String(n))));
    expect(sends.map((sent) => sent.code)).toEqual([0, 0, 0, 0, 0]);
    const messages = await router.take('many', 5);
    expect(new Set(messages.map((message) => message['cid'])).size).toBe(5);
    expect(new Set(messages.map((message) => message['text']))).toEqual(new Set(['1', '2', '3', '4', '5']));
  });

  test('leaves alone what waits for the sender', async () => {
    await router.send('carl', 'dora', 'for dora');
    await router.send('dora', 'carl', 'for carl');
    expect((await router.take('dora', 1))[0]).toMatchObject({ text: 'for dora' });
  });

  test('exits with 4 and sends nothing when there is no router', async () => {
    const sent = await router.line.mailbeam([
      'send',
      '--as',
      'a',
      '--to',
      'b',
      '--url',
      'ws://127.0.0.1:9',
      '--timeout',
      '1',
      'x',
    ]);
    expect(sent.code).toBe(4);
    expect(sent.stderr).toMatch(/no router answers at ws:\/\/127\.0\.0\.1:9.*nothing was sent/);
  });

  test.each([
    [['--as', 'a', 'x'], /required option '--to <name>'/],
    [['--to', 'b', 'x'], /required option '--as <name>'/],
    [['--as', 'a', '--to', 'b'], /missing required argument 'text'/],
    [['--as', '#a', '--to', 'b', 'x'], /--as "#a": the name of a user/],
    [['--as', 'a', '--to', '', 'x'], /--to "": a name has/],
    [['--as', 'a', '--to', 'b', '--url', 'ftp://x', 'x'], /--url ftp:\/\/x: must be a URL such as/],
    [['--as', 'a', '--to', 'b', '--ttl', '0', 'x'], /--ttl 0: must be a whole number of seconds from 1 to 2592000/],
    [['--as', 'a', '--to', 'b', '--timeout', 'soon', 'x'], /--timeout soon: must be/],
  ])('exits with 2 for %j', async (args, message) => {
    const sent = await router.line.mailbeam(['send', ...args]);
    expect(sent.code).toBe(2);
    expect(sent.stderr).toMatch(message);
  });

  test('keeps its state below the home directory, for its owner only', async () => {
    const root = path.join(router.line.directory, '.local/state/mailbeam');
    const [host = ''] = await readdir(root);
    expect(host).toContain(String(router.ready.port));
    expect(await readdir(path.join(root, host))).toContain('anna.state');
  });
});

describe('listen', () => {
  test('shows one message a line, and nothing that could take over the terminal', async () => {
    await router.line.mailbeam(['send', '--as', 'eve', '--to', 'frank', '--url', router.url, '-'], 'a\nb\u001b[2J');
    const listened = await router.as('listen', 'frank', '--count', '1').finished;
    expect(listened.stdout).toMatch(/^\d\d:\d\d eve: a ↵ b\ufffd\[2J\n$/);
    expect(listened.code).toBe(0);
  });

  test('acks what it printed, so that it does not come again, and no more', async () => {
    for (const text of ['1', '2', '3']) await router.send('gina', 'hal', text);
    expect((await router.take('hal', 1)).map((message) => message['text'])).toEqual(['1']);
    expect((await router.take('hal', 2)).map((message) => message['text'])).toEqual(['2', '3']);
  });

  test('ends with 0 at SIGTERM', async () => {
    const listening = router.as('listen', 'ida');
    await listening.shows('stderr', /connected as ida/);
    listening.process.kill('SIGTERM');
    expect((await listening.finished).code).toBe(0);
  });

  test('ends with 5 when the user connects elsewhere', async () => {
    const listening = router.as('listen', 'jack');
    await listening.shows('stderr', /connected as jack/);
    const other = router.as('listen', 'jack', '--state', 'other.state');
    const ended = await listening.finished;
    expect(ended.code).toBe(5);
    expect(ended.stderr).toMatch(/jack connected elsewhere/);
    other.process.kill('SIGTERM');
    await other.finished;
  });

  test('refuses a state that another command holds, and says so', async () => {
    const listening = router.as('listen', 'kate');
    await listening.shows('stderr', /connected as kate/);
    const second = await router.as('listen', 'kate').finished;
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/another mailbeam command is running as kate/);
    listening.process.kill('SIGTERM');
    await listening.finished;
  });
});

describe('chat through pipes', () => {
  test('carries both sides of a conversation, with what became of each line', async () => {
    const liz = router.as('chat', 'liz', '--to', 'max');
    liz.type('first\n');
    await liz.shows('stdout', /^\[1\] accepted$/m);
    const max = router.as('chat', 'max', '--to', 'liz');
    await max.shows('stdout', /^liz: first$/m);
    await liz.shows('stdout', /^\[1\] read$/m);
    max.type('second\nthird\n');
    await liz.shows('stdout', /^max: second\nmax: third$/m);
    await max.shows('stdout', /^\[2\] read$/m);
    await liz.shows('stderr', /max is online/);
    for (const chat of [liz, max]) chat.endInput();
    expect((await liz.finished).code).toBe(0);
    expect((await max.finished).code).toBe(0);
  });

  test('waits for the answers when the input ends, however much it was', async () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `line ${n + 1}`);
    const chat = await router.line.mailbeam(
      ['chat', '--as', 'nina', '--to', 'otto', '--url', router.url],
      `${lines.join('\n')}\n`,
    );
    expect(chat.code).toBe(0);
    expect(chat.stdout.match(/accepted$/gm)).toHaveLength(3_000);
    expect((await router.take('otto', 3_000)).map((message) => message['text'])).toEqual(lines);
  });

  test('tells what was refused, and exits with 3', async () => {
    const chat = await router.line.mailbeam(['chat', '--as', 'paul', '--to', '#none', '--url', router.url], 'x\n');
    expect(chat.stdout).toMatch(/^\[1\] rejected: unknown_recipient/m);
    expect(chat.code).toBe(3);
  });

  test('keeps what was not answered, says so, and exits with 4', async () => {
    const args = ['chat', '--as', 'quinn', '--to', 'rita', '--state', 'quinn.state', '--timeout', '1'];
    const before = await router.line.mailbeam([...args, '--url', 'ws://127.0.0.1:9'], 'kept\n');
    expect(before.code).toBe(4);
    expect(before.stderr).toMatch(/not answered yet: 1; kept in quinn\.state/);
    const after = await router.line.mailbeam([...args, '--url', router.url], 'new\n');
    expect(after.code).toBe(0);
    expect((await router.take('rita', 2)).map((message) => message['text'])).toEqual(['kept', 'new']);
  });
});
