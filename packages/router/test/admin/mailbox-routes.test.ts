import { afterEach, describe, expect, test } from '@jest/globals';
import { MeasuredNode } from '../telemetry/measured-node.js';

let measured: MeasuredNode;
afterEach(() => measured.close());

describe('GET /mailboxes', () => {
  test('has the sums of each class, and the mailboxes that stand out, the worst first', async () => {
    measured = await MeasuredNode.start();
    const ann = await measured.node.login('ann');
    await measured.node.login('bob');
    await measured.node.login('cid');
    for (let cid = 1; cid <= 50; cid++) ann.send1(cid, cid <= 20 ? 'bob' : 'cid');
    await measured.pass(1);
    const { status, body } = await measured.ask('GET', '/mailboxes?order=depth&limit=2');
    expect([status, body]).toMatchObject([
      200,
      {
        at: measured.node.clock.wall,
        connections: 2,
        pendingMessages: 50,
        worstAlert: 'ok',
        alerts: 0,
        mailboxes: [
          { name: 'cid', class: 'session', depth: 30, drainSeconds: 'never' },
          { name: 'bob', class: 'session', depth: 20 },
        ],
      },
    ]);
    expect((body['classes'] as object[]).at(-1)).toMatchObject({ class: 'all', depth: 50, received: 50 });
  });

  test('shows pseudonyms where names are not to be shown', async () => {
    measured = await MeasuredNode.start({ privacy: { clearNames: false } });
    const ann = await measured.node.login('ann');
    await measured.node.login('bob');
    for (let cid = 1; cid <= 10; cid++) ann.send1(cid, 'bob');
    await measured.pass(1);
    const { body } = await measured.ask('GET', '/mailboxes');
    expect(body['mailboxes']).toMatchObject([{ name: measured.telemetry.names.of('bob') }]);
    expect(JSON.stringify(body)).not.toContain('bob');
  });

  test.each(['order=size', 'class=people', 'limit=-1', 'limit=1.5', 'limit=1001'])('refuses %s', async (query) => {
    measured = await MeasuredNode.start();
    expect(await measured.ask('GET', `/mailboxes?${query}`)).toMatchObject({
      status: 400,
      body: { error: 'bad_option' },
    });
  });
});
