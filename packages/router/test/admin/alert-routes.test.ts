import { afterEach, describe, expect, test } from '@jest/globals';
import { defaultRules } from '@mailbeam/telemetry';
import type { TestClient } from '../../src/test-kit/test-node.js';
import { MeasuredNode } from '../telemetry/measured-node.js';

let measured: MeasuredNode;
afterEach(() => measured.close());

/** Bob is connected and acks nothing; ann writes to him. */
async function stuck(): Promise<{ ann: TestClient; bob: TestClient; write: () => void }> {
  measured = await MeasuredNode.start();
  const { node } = measured;
  const ann = await node.login('ann');
  const bob = await node.login('bob');
  let cid = 0;
  const write = (): void => {
    for (let i = 0; i < 40; i++) ann.send1(++cid, 'bob');
  };
  await measured.pass(15, write);
  return { ann, bob, write };
}

/** The events of a stream, one by one. */
async function* eventsOf(response: Response): AsyncGenerator<{ type: string; alert: { id: string } }> {
  let text = '';
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, at))?.[1];
      text = text.slice(at + 2);
      if (data !== undefined) yield JSON.parse(data) as { type: string; alert: { id: string } };
    }
  }
}

describe('GET /alerts', () => {
  test('tells which mailbox, who consumes it and who fills it', async () => {
    await stuck();
    const { status, body } = await measured.ask('GET', '/alerts');
    expect([status, body['worst']]).toEqual([200, 'warning']);
    expect(body['alerts']).toMatchObject([
      {
        id: 'consumer_stuck/bob',
        class: 'session',
        name: 'bob',
        behaviour: 'session',
        version: '1.0.0',
        lastLoad: null,
        doing: expect.stringMatching(/^not acking: \d+ in flight$/),
        figures: { drainSeconds: 'never' },
        topSenders: [{ name: 'ann' }],
        look: 'mailbeam inspect bob',
      },
    ]);
  });

  test('has nothing more once the mailbox is empty', async () => {
    const { bob } = await stuck();
    for (let acked = 0; bob.of('deliver').length > acked; await measured.node.settle()) {
      acked = bob.of('deliver').length;
      bob.ack(bob.of('deliver').at(-1)!.seq);
    }
    await measured.pass(40);
    expect(await measured.ask('GET', '/alerts')).toMatchObject({ body: { worst: 'ok', alerts: [] } });
  });
});

describe('GET /alerts/stream', () => {
  test('tells first what fires, then each change', async () => {
    await stuck();
    const events = eventsOf(await measured.fetch('/alerts/stream'));
    expect((await events.next()).value).toMatchObject({ type: 'firing', alert: { id: 'consumer_stuck/bob' } });
    await measured.ask('PUT', '/alerts/rules', { rules: [] });
    expect((await events.next()).value).toMatchObject({ type: 'resolved', alert: { id: 'consumer_stuck/bob' } });
  });

  test('ends when the node does', async () => {
    measured = await MeasuredNode.start();
    const response = await measured.fetch('/alerts/stream');
    await measured.telemetry.close();
    expect(await response.text()).toMatch(/^retry: 2000\n\nid: [0-9a-f]+-0\n\n$/);
  });

  test('has room for a hundred, and again when one has gone', async () => {
    measured = await MeasuredNode.start();
    const leave = new AbortController();
    // held: an answer that is collected ends its connection
    const open: Response[] = [];
    while (open.length < 99) open.push(await measured.fetch('/alerts/stream'));
    const last = await measured.fetch('/alerts/stream', { signal: leave.signal });
    expect((await measured.fetch('/alerts/stream')).status).toBe(429);
    await last.body!.getReader().read();
    leave.abort();
    let status = 429;
    while (status === 429) ({ status } = await measured.fetch('/alerts/stream'));
    expect([status, open.length]).toEqual([200, 99]);
  });
});

describe('silences', () => {
  test('keep an alert from being told until they end, or are ended', async () => {
    const { write } = await stuck();
    const { wall } = measured.node.clock;
    const request = { rule: 'consumer_*', forMs: 60_000, by: 'kim', comment: 'known' };
    const { status, body } = await measured.ask('POST', '/alerts/silences', request);
    expect([status, body]).toEqual([
      201,
      { id: expect.any(String), rule: 'consumer_*', until: wall + 60_000, by: 'kim', comment: 'known', kept: true },
    ]);
    const { kept, ...silence } = body;
    expect([kept, measured.kept]).toEqual([true, [{ rules: null, silences: [silence] }]]);
    await measured.pass(2, write);
    expect(await measured.ask('GET', '/alerts')).toMatchObject({
      body: { worst: 'ok', alerts: [], silences: [silence] },
    });
    expect(await measured.ask('DELETE', `/alerts/silences/${String(body['id'])}`)).toMatchObject({ status: 200 });
    await measured.pass(2, write);
    expect(await measured.ask('GET', '/alerts')).toMatchObject({ body: { worst: 'warning', silences: [] } });
    expect(measured.kept.at(-1)).toEqual({ rules: null, silences: [] });
    expect(measured.changes).toEqual(['an operator silenced alerts', 'an operator ended a silence']);
  });

  test.each([
    [{ rule: 'x' }, /needs `until` or `forMs`/],
    [{ rule: 'x', until: 1 }, /later than now/],
    [{ forMs: 1_000 }, /a rule, a mailbox or a class/],
    [{ class: 'people', forMs: 1_000 }, /class/],
    [{ ruel: 'x', forMs: 1_000 }, /ruel/],
  ])('%j is refused', async (request, detail) => {
    measured = await MeasuredNode.start();
    const { status, body } = await measured.ask('POST', '/alerts/silences', request);
    expect([status, body]).toEqual([400, { error: 'bad_silence', detail: expect.stringMatching(detail) }]);
  });

  test('that are not there cannot be ended', async () => {
    measured = await MeasuredNode.start();
    expect(await measured.ask('DELETE', '/alerts/silences/x')).toMatchObject({
      status: 404,
      body: { error: 'unknown_silence' },
    });
  });
});

describe('PUT /alerts/rules', () => {
  test('changes the rules from now on', async () => {
    measured = await MeasuredNode.start();
    const rules = [{ name: 'deep', warning: { depth: 5 } }];
    expect(await measured.ask('PUT', '/alerts/rules', { rules })).toMatchObject({
      status: 200,
      body: {
        rules: [{ name: 'deep', warning: { depth: { above: 5, clear: 2.5 } }, forSeconds: 10 }],
        ...{ source: 'operator', kept: true },
      },
    });
    const { body } = await measured.ask('GET', '/alerts/rules');
    expect(body).toMatchObject({ rules: [{ name: 'deep' }], source: 'operator' });
    expect(measured.kept).toEqual([{ rules: body['rules'], silences: [] }]);
  });

  test('and DELETE goes back to those of the configuration', async () => {
    measured = await MeasuredNode.start();
    const before = await measured.ask('GET', '/alerts/rules');
    await measured.ask('PUT', '/alerts/rules', { rules: [] });
    expect(await measured.ask('DELETE', '/alerts/rules')).toMatchObject({ status: 200, body: before.body });
    expect(before.body).toMatchObject({ source: 'configuration' });
    expect(measured.kept.map(({ rules }) => rules)).toEqual([[], null]);
  });

  test('tells when the change will not outlive the node', async () => {
    measured = await MeasuredNode.start();
    measured.keeps = false;
    expect(await measured.ask('PUT', '/alerts/rules', { rules: [] })).toMatchObject({
      status: 200,
      body: { rules: [], kept: false },
    });
  });

  test.each([
    [{ rules: [{ name: 'deep' }] }, /needs `warning` or `critical`/],
    [{}, /expected array/],
    [{ rules: [], rule: 1 }, /rule is not known/],
  ])('refuses %j, and then nothing has changed', async (request, detail) => {
    measured = await MeasuredNode.start();
    const { status, body } = await measured.ask('PUT', '/alerts/rules', request);
    expect([status, body]).toEqual([400, { error: 'bad_rule', detail: expect.stringMatching(detail) }]);
    expect(measured.telemetry.alerts.rules).toHaveLength(defaultRules.length);
  });
});
