import { defineBehaviour } from '@mailbeam/actors';
import { defineService } from '@mailbeam/handler';
import { Op } from '@mailbeam/protocol';
import { describe, expect, test } from '@jest/globals';
import type { Target } from '../../src/inspect/target.js';
import { traceLines } from '../../src/inspect/trace-lines.js';
import type { TraceLine } from '../../src/inspect/trace-lines.js';
import type { SessionModule } from '../../src/port/session-shell.js';
import { Names } from '../../src/privacy/names.js';
import { settled, TestNode } from '../../src/test-kit/test-node.js';

const names = new Names(Buffer.alloc(32), true);
const echo = defineService({ name: 'echo', version: '2.0.0', init: () => undefined, handleMessage: () => undefined });

/** Reads a trace in the background; its time is over when the test says so. */
async function trace(node: TestNode, target: Target, maxPerSecond = 100, shownNames = names) {
  const lines: TraceLine[] = [];
  const gone = new AbortController();
  let timeOver = (): void => undefined;
  const over = (async () => {
    const after = (_ms: number, run: () => void) => {
      timeOver = run;
      return () => undefined;
    };
    for await (const line of traceLines(
      target,
      { forMs: 1_000, maxPerSecond },
      node.core,
      shownNames,
      gone.signal,
      after,
    ))
      lines.push(line);
  })();
  await settled();
  return {
    lines,
    types: () => lines.map(({ type }) => type),
    leave: () => gone.abort(),
    end: async () => {
      timeOver();
      await over;
      return lines;
    },
    over,
  };
}

describe('a trace of a user', () => {
  test('tells what the session receives and how long it takes, as shapes', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const traced = await trace(node, { kind: 'user', name: 'alice' });
    const shape = '{ op: number, cid: number, from: string(0), to: string(3), ttl: number, body: bytes(8) }';
    alice.send1(1, 'bob', 'a secret');
    await node.settle();
    const lines = await traced.end();
    expect(lines).toMatchObject([
      { type: 'begin', target: 'alice', forMs: 1_000, maxPerSecond: 100, at: node.clock.wall },
      { type: 'received', behaviour: 'session', version: '1.0.0', depth: 0, message: shape },
      { type: 'sent', to: 'mailbox bob', message: shape.replace('from: string(0)', 'from: string(5)') },
      { type: 'handled', tookMs: expect.any(Number), missed: 0 },
      { type: 'end', why: 'time', told: 3, missed: 0 },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/secret/);
  });

  test('goes on with the session that takes the place of one that crashed, from its first message on', async () => {
    let crashes = 2;
    const crashing = defineBehaviour<unknown, object, { op: number }>({
      name: 'session',
      version: '9.0.0',
      init: () => ({}),
      handleMessage: (frame) => {
        if (frame.op === Op.SEND && crashes-- > 0) throw new Error('no');
      },
    }) as unknown as SessionModule;
    const node = new TestNode({ session: crashing });
    const alice = await node.login('alice');
    const traced = await trace(node, { kind: 'user', name: 'alice' });
    alice.send1(1, 'bob');
    await node.settle();
    await traced.end();
    expect(traced.types().filter((type) => type === 'down')).toHaveLength(2);
    expect(traced.types().filter((type) => type === 'up')).toHaveLength(2);
    expect(traced.types().slice(-3)).toEqual(['received', 'handled', 'end']);
    expect(traced.lines.find(({ type }) => type === 'down')).toMatchObject({ reason: 'Error: no' });
  });

  test('waits for one who is not connected', async () => {
    const node = new TestNode();
    await node.login('alice');
    const traced = await trace(node, { kind: 'user', name: 'bob' });
    const bob = await node.login('bob');
    bob.send1(1, 'alice');
    await node.settle();
    await traced.end();
    expect(traced.types()).toEqual(['begin', 'up', 'received', 'sent', 'handled', 'end']);
  });
});

describe('a trace of a service', () => {
  test('tells what it sends and answers, to pseudonyms where names are not to be shown', async () => {
    const replying = defineService({
      name: 'echo',
      version: '2.0.0',
      init: () => undefined,
      handleMessage: (message, _state, ctx) => void ctx.reply(message, message.body),
    });
    const node = new TestNode({ services: [replying] });
    const veiled = new Names(Buffer.alloc(32), false);
    const traced = await trace(node, { kind: 'service', service: node.core.services.find('$echo')! }, 100, veiled);
    (await node.login('wilhelmina')).send1(1, '$echo', 'a secret');
    await node.settle();
    const lines = await traced.end();
    expect(traced.types()).toEqual(['begin', 'received', 'sent', 'handled', 'end']);
    expect(lines[2]).toMatchObject({ to: `mailbox ${veiled.pseudonym('wilhelmina')}` });
    expect(JSON.stringify(lines)).not.toMatch(/secret|wilhelmina/);
  });

  test('tells of all its actors', async () => {
    const node = new TestNode({ services: [{ ...echo, state: 'caller' }] });
    const traced = await trace(node, { kind: 'service', service: node.core.services.find('$echo')! });
    for (const user of ['alice', 'bob']) (await node.login(user)).send1(1, '$echo');
    await node.settle();
    await traced.end();
    const handled = traced.lines.filter((line) => line.type === 'handled');
    expect(handled).toMatchObject([{ behaviour: 'echo' }, { behaviour: 'echo' }]);
    expect(new Set(handled.map((line) => 'actor' in line && line.actor)).size).toBe(2);
  });
});

describe('a trace of one actor', () => {
  test('ends with it', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const pid = node.core.portOf('alice')!.session as never;
    const traced = await trace(node, { kind: 'actor', pid, owner: undefined });
    alice.cut();
    await node.settle();
    await traced.over;
    expect(traced.lines).toMatchObject([
      { type: 'begin' },
      { type: 'down', reason: 'shutdown' },
      { type: 'end', why: 'ended', told: 0 },
    ]);
  });
});

describe('a trace', () => {
  test('tells only as many events in a second as it may, and how many were left out', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const traced = await trace(node, { kind: 'behaviour', name: 'session' }, 10);
    for (let cid = 1; cid <= 50; cid++) alice.send1(cid, 'bob');
    await node.settle();
    node.clock.advance(1_000);
    alice.send1(51, 'bob');
    await node.settle();
    const lines = await traced.end();
    const after = lines.findIndex((line) => 'missed' in line && line.type !== 'end' && line.missed > 0);
    expect(after).toBe(11);
    // 140 of the 150 events of the first second, and what came before the next turn read the clock
    expect(lines[after]).toMatchObject({ missed: 141 });
    expect(lines.at(-1)).toMatchObject({ type: 'end', told: 12, missed: 141 });
  });

  test('that nobody reads keeps so many lines and counts the rest', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    let timeOver = (): void => undefined;
    const lines = traceLines(
      { kind: 'user', name: 'alice' },
      { forMs: 1_000, maxPerSecond: 10_000 },
      node.core,
      names,
      new AbortController().signal,
      (_ms, run) => {
        timeOver = run;
        return () => undefined;
      },
    );
    await lines.next();
    for (let cid = 1; cid <= 1_500; cid++) {
      alice.send1(cid, 'bob');
      if (cid % 50 === 0) await node.settle();
    }
    timeOver();
    const read: TraceLine[] = [];
    for await (const line of lines) read.push(line);
    expect(read).toHaveLength(2_001);
    expect(read.at(-1)).toMatchObject({ type: 'end', told: 2_000, missed: 2_500 });
  });

  test('leaves nothing behind in the runtime when whoever asked has gone', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const traced = await trace(node, { kind: 'user', name: 'alice' });
    const pid = node.core.portOf('alice')!.session as never;
    expect(node.core.system.info(pid)?.monitors).toBe(1);
    traced.leave();
    await traced.over;
    expect(node.core.system.info(pid)?.monitors).toBe(0);
    alice.send1(1, 'bob');
    await node.settle();
    expect(traced.types()).toEqual(['begin', 'end']);
  });
});
