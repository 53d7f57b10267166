import { change, defineService, divert, pass, reject, tell } from '@mailbeam/handler';
import type { InterceptorDefinition } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { interceptorLimits } from '../../src/interceptors/interceptor-limits.js';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestNodeOptions } from '../../src/test-kit/test-node.js';
import { FixedUnit, interceptorVersion, moveAll } from './fixed-unit.js';

type Definition = Omit<InterceptorDefinition<unknown>, 'version'> & { version?: string };

/** A node with interceptors, alice who sends and bob who takes. */
async function conversation(definitions: readonly Definition[], options: TestNodeOptions = {}) {
  const node = new TestNode(options);
  const units = definitions.map((definition) => new FixedUnit(interceptorVersion(definition)));
  for (const unit of units) node.core.interceptors.start(unit);
  const alice = await node.login('alice');
  const bob = await node.login('bob');
  return { node, alice, bob, units };
}

const one = (intercept: Definition['intercept']): readonly Definition[] => [{ name: 'one', intercept }];

describe('the verdicts of an interceptor', () => {
  test('nothing, or pass(), lets a message go on as it is', async () => {
    const { node, alice, bob } = await conversation([
      { name: 'a', intercept: () => undefined },
      { name: 'b', intercept: () => pass() },
    ]);
    alice.send1(1, 'bob', 'hello');
    await node.settle();
    expect(bob.bodies).toEqual(['hello']);
  });

  test('change() gives it another body, which the next one sees', async () => {
    const { node, alice, bob } = await conversation([
      { name: 'a', intercept: (envelope) => change(`${envelope.text()}!`) },
      { name: 'b', intercept: (envelope) => change(Buffer.from(envelope.text().toUpperCase())) },
    ]);
    alice.send1(1, 'bob', 'hello');
    await node.settle();
    bob.ack(1);
    await node.pass(10);
    expect(bob.bodies).toEqual(['HELLO!']);
    expect(alice.acceptedUpTo).toBe(1);
    expect(node.core.ledger).toMatchObject({ accepted: 1, delivered: 1, imbalance: 0 });
  });

  test('reject() answers its sender with a code; nobody after it sees the message', async () => {
    const seen: string[] = [];
    const { node, alice, bob } = await conversation([
      { name: 'a', intercept: () => reject('forbidden', 'not today', 7) },
      { name: 'b', intercept: (envelope) => void seen.push(envelope.text()) },
    ]);
    alice.send1(1, 'bob');
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code: 'forbidden', retryAfterMs: 7 }]);
    expect([bob.bodies, seen]).toEqual([[], []]);
  });

  test('divert() sends it to someone else; the receipt says who has taken it', async () => {
    const { node, alice, bob } = await conversation(one(() => divert('carol')));
    const carol = await node.login('carol');
    alice.send1(1, 'bob', 'hello');
    await node.settle();
    carol.ack(1);
    await node.pass(10);
    expect([bob.bodies, carol.bodies]).toEqual([[], ['hello']]);
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, peer: 'carol', cid: 1 }]);
    expect(alice.acceptedUpTo).toBe(1);
  });

  test('tell() lets it pass and tells a service besides, by a signal from the sender', async () => {
    const told: unknown[] = [];
    const service = defineService({
      ...{ name: 'away', version: '1.0.0', init: () => null },
      handleSignal: (signal, _state, ctx) => {
        told.push([signal.from, signal.decode()]);
        ctx.send(signal.from, 'bob is away');
      },
    });
    const { node, alice, bob } = await conversation(
      one((envelope) => tell('$away', { to: envelope.to })),
      { services: [service] },
    );
    alice.send1(1, 'bob', 'hello');
    await node.settle();
    expect(bob.bodies).toEqual(['hello']);
    expect(told).toEqual([['alice', { to: 'bob' }]]);
    expect(alice.bodies).toEqual(['bob is away']);
  });

  test('what a later one rejects is told to nobody', async () => {
    const told: unknown[] = [];
    const service = defineService({
      ...{ name: 'away', version: '1.0.0', init: () => null },
      handleSignal: (signal) => void told.push(signal.from),
    });
    const { node, alice } = await conversation(
      [
        { name: 'a', intercept: () => tell('$away') },
        { name: 'b', intercept: () => reject('forbidden', '') },
      ],
      { services: [service] },
    );
    alice.send1(1, 'bob', 'hello');
    await node.settle();
    expect(told).toEqual([]);
  });

  test.each([
    ['a note to nobody', () => tell('bob')],
    ['a note that is too large', () => tell('$away', 'x'.repeat(4_096))],
    ['a verdict that is none', () => ({ action: 'explode' }) as never],
    ['a code that only the router may give', () => reject('mailbox_full' as never, '')],
    ['a body that is none', () => change(17 as never)],
    ['a body that is too large', () => change(new Uint8Array(261_121))],
    ['a recipient who cannot be', () => divert('')],
    ['a service that does not run', () => divert('$nobody')],
    ['a group', () => divert('#group')],
  ])('%s is a crash: the message is rejected `failed`, and the session goes on', async (_what, intercept) => {
    const { node, alice, bob } = await conversation(one(intercept));
    alice.send1(1, 'bob');
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code: 'failed' }]);
    expect(bob.bodies).toEqual([]);
    expect(node.troubles).toHaveLength(3);
    expect(node.crashes).toEqual([]);
    expect(alice.closedWith).toBeNull();
  });

  test('only SENDs are seen', async () => {
    const seen: string[] = [];
    const { node, alice, bob } = await conversation(one((envelope) => void seen.push(envelope.to)));
    bob.send1(1, 'alice');
    await node.settle();
    alice.write((w) => {
      w.read(1, 'bob', 1, 1);
      w.signal('bob', Buffer.from('typing'));
      w.watch(['bob'], true);
    });
    await node.settle();
    expect(seen).toEqual(['alice']);
  });
});

describe('the order of interceptors', () => {
  test('goes by `order`, then by name', async () => {
    const log: string[] = [];
    const note = (name: string, order?: number): Definition => ({
      name,
      ...(order === undefined ? {} : { order }),
      intercept: () => void log.push(name),
    });
    const { node, alice } = await conversation([note('z'), note('last', 200), note('a'), note('first', -1)]);
    alice.send1(1, 'bob');
    await node.settle();
    expect(log).toEqual(['first', 'a', 'z', 'last']);
  });

  test('is that of the versions that a connection has', async () => {
    const log: string[] = [];
    const version = (name: string, order: number, v: string): Definition => ({
      name,
      order,
      version: v,
      intercept: () => void log.push(name),
    });
    const { node, alice, units } = await conversation([version('a', 1, '1'), version('b', 2, '1')]);
    alice.send1(1, 'bob');
    await node.settle();
    const next = interceptorVersion(version('a', 3, '2'));
    units[0]!.current = next;
    await moveAll(node.core.interceptors.instances('a'), next);
    alice.send1(2, 'bob');
    await node.settle();
    expect(log).toEqual(['a', 'b', 'b', 'a']);
  });

  test('one that starts or stops does so for connections that are open too', async () => {
    const { node, alice, bob } = await conversation([]);
    alice.send1(1, 'bob', 'x');
    const unit = new FixedUnit(interceptorVersion({ name: 'late', intercept: () => change('late') }));
    node.core.interceptors.start(unit);
    alice.send1(2, 'bob', 'x');
    await node.settle();
    expect(unit.current.stats.instances).toBe(1);
    node.core.interceptors.stop('late');
    alice.send1(3, 'bob', 'x');
    await node.settle();
    expect(bob.bodies.slice(1)).toEqual(['late', 'x']);
    expect(unit.current.stats.instances).toBe(0);
  });
});

describe('a promise of a verdict', () => {
  test('holds back the later messages of that one sender, in their order, and nobody else', async () => {
    let release = (): void => undefined;
    const { node, alice, bob } = await conversation(
      one((envelope) => (envelope.text() === 'slow' ? new Promise<void>((resolve) => (release = resolve)) : undefined)),
    );
    const carol = await node.login('carol');
    alice.send1(1, 'bob', 'slow');
    alice.send1(2, 'bob', 'after');
    carol.send1(1, 'bob', 'other');
    await node.settle();
    expect(bob.bodies).toEqual(['other']);
    release();
    await node.settle();
    await node.settle();
    expect(bob.bodies).toEqual(['other', 'slow', 'after']);
  });

  test('that rejects is a crash, and the message is tried again', async () => {
    let calls = 0;
    const { node, alice, bob } = await conversation(
      one(() => (++calls < 3 ? Promise.reject(new Error('no')) : Promise.resolve())),
    );
    alice.send1(1, 'bob', 'x');
    for (let i = 0; i < 5; i++) await node.settle();
    expect([calls, bob.bodies]).toEqual([3, ['x']]);
    expect(node.troubles.map(({ what }) => what)).toEqual(['crashed', 'crashed']);
  });

  test('that settles after its session was ended changes nothing: the message is handled again, once', async () => {
    const releases: (() => void)[] = [];
    const { node, alice, bob } = await conversation(one(() => new Promise<void>((resolve) => releases.push(resolve))));
    alice.send1(1, 'bob', 'x');
    await node.settle();
    node.core.system.exit(alice.port.session as never, 'kill');
    await node.settle();
    expect(releases).toHaveLength(2);
    releases[0]!();
    await node.settle();
    expect(bob.bodies).toEqual([]);
    releases[1]!();
    for (let i = 0; i < 3; i++) await node.settle();
    expect(bob.bodies).toEqual(['x']);
  });

  test('of a sender who has gone meanwhile is dropped with its message', async () => {
    let release = (): void => undefined;
    const { node, alice, bob, units } = await conversation(
      one(() => new Promise<void>((resolve) => (release = resolve))),
    );
    alice.send1(1, 'bob', 'x');
    await node.settle();
    alice.cut();
    release();
    await node.settle();
    expect(bob.bodies).toEqual([]);
    expect(units[0]!.current.stats.instances).toBe(0);
  });
});

describe('an interceptor that throws', () => {
  test('gets a new part with a new state, and the message again', async () => {
    const states: number[] = [];
    const { node, alice, bob, units } = await conversation([
      {
        name: 'one',
        init: () => ({ seen: 0 }),
        intercept(_envelope, state) {
          const s = state as { seen: number };
          states.push(++s.seen);
          if (states.length === 3) throw new Error('boom');
        },
      },
    ]);
    for (const cid of [1, 2, 3, 4]) alice.send1(cid, 'bob', `m${cid}`);
    await node.settle();
    expect(states).toEqual([1, 2, 3, 1, 2]);
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(units[0]!.current.stats).toMatchObject({ crashes: 1, instances: 1 });
  });

  test('in `init` rejects what it should have seen only after as many attempts, and is tried again with the next', async () => {
    let calls = 0;
    const { node, alice, bob } = await conversation([
      {
        name: 'one',
        init() {
          if (++calls <= 3) throw new Error('no');
        },
        intercept: (envelope) => change(`${envelope.text()}+`),
      },
    ]);
    alice.send1(1, 'bob', 'a');
    alice.send1(2, 'bob', 'b');
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code: 'failed' }]);
    expect(bob.bodies).toEqual(['b+']);
  });
});

describe('a resend', () => {
  test('of what was accepted is accepted again, whatever an interceptor says by now', async () => {
    const { node, alice, bob, units } = await conversation(one(() => undefined));
    alice.send1(1, 'bob', 'x');
    await node.settle();
    units[0]!.current = interceptorVersion({ name: 'one', version: '2', intercept: () => reject('forbidden', '') });
    alice.cut();
    const again = await node.login('alice');
    again.send1(1, 'bob', 'x', { again: true });
    await node.settle();
    expect([again.acceptedUpTo, again.of('rejected'), bob.bodies]).toEqual([1, [], ['x']]);
  });

  test('of what was never taken is never rejected: it ends in a receipt `undeliverable`', async () => {
    const { node, alice, bob } = await conversation(one(() => reject('forbidden', 'no')));
    alice.send1(1, 'bob', 'x', { again: true });
    await node.settle();
    expect([alice.of('rejected'), bob.bodies]).toEqual([[], []]);
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, code: 'undeliverable', cid: 1 }]);
    expect(node.core.ledger.imbalance).toBe(0);
  });

  test('of what was rejected is rejected again', async () => {
    let says = reject('forbidden', 'no');
    const { node, alice, bob } = await conversation(one(() => says));
    alice.send1(1, 'bob', 'x');
    await node.settle();
    says = pass();
    alice.cut();
    const again = await node.login('alice');
    again.send1(1, 'bob', 'x', { again: true });
    await node.settle();
    expect(again.of('rejected')).toMatchObject([{ cid: 1, code: 'forbidden' }]);
    expect(bob.bodies).toEqual([]);
  });
});

describe('overruns', () => {
  const limits = { ...interceptorLimits, overrunMs: -1, overruns: 3 };

  test.each([
    ['pass', ['m1', 'm2', 'm3', 'm4', 'm5'], []],
    ['reject', ['m1', 'm2', 'm3'], ['unavailable', 'unavailable']],
  ] as const)('switch a version off; whenOff %s', async (whenOff, delivered, codes) => {
    let calls = 0;
    const { node, alice, bob, units } = await conversation([{ name: 'one', whenOff, intercept: () => void calls++ }], {
      interceptorLimits: limits,
    });
    for (const cid of [1, 2, 3, 4, 5]) alice.send1(cid, 'bob');
    await node.settle();
    expect(calls).toBe(3);
    expect(bob.bodies).toEqual(delivered);
    expect(alice.of('rejected').map(({ code }) => code)).toEqual(codes);
    expect(node.troubles).toMatchObject([{ what: 'switched_off', name: 'one', overruns: 3, whenOff }]);
    expect(units[0]!.current.stats.fault).toBe('switched off after 3 overruns');
    expect(node.core.interceptors.switchedOff()).toEqual([{ name: 'one', version: '1.0.0', overruns: 3, whenOff }]);
  });

  test('are told of as long as somebody has, or would get, the version that is switched off', async () => {
    const { node, alice, bob, units } = await conversation(
      one(() => undefined),
      { interceptorLimits: limits },
    );
    const { interceptors } = node.core;
    const off = (): string[] => interceptors.switchedOff().map(({ version }) => version);
    for (const cid of [1, 2, 3]) alice.send1(cid, 'bob');
    await node.settle();
    const first = units[0]!.current;
    const next = interceptorVersion({ name: 'one', version: '2', intercept: () => undefined });
    units[0]!.current = next;
    expect(off()).toEqual(['1.0.0']);
    await moveAll(interceptors.instances('one'), next);
    expect(off()).toEqual([]);
    for (const client of [alice, bob]) client.cut();
    units[0]!.current = first;
    expect(off()).toEqual(['1.0.0']);
    interceptors.stop('one');
    expect(off()).toEqual([]);
  });

  test('concern the version alone: the next one is asked again', async () => {
    const { node, alice, bob, units } = await conversation(
      one(() => undefined),
      { interceptorLimits: limits },
    );
    for (const cid of [1, 2, 3]) alice.send1(cid, 'bob');
    await node.settle();
    const next = interceptorVersion({ name: 'one', version: '2', intercept: () => change('seen') });
    units[0]!.current = next;
    await moveAll(node.core.interceptors.instances('one'), next);
    alice.send1(4, 'bob');
    await node.settle();
    expect(bob.bodies.at(-1)).toBe('seen');
  });
});

describe('a change of code', () => {
  const v1: Definition = { name: 'one', init: () => 5, intercept: () => undefined };

  test('carries the state of each connection over, between two of its messages', async () => {
    const { node, alice, bob, units } = await conversation([v1]);
    const old = units[0]!.current;
    alice.send1(1, 'bob');
    bob.send1(1, 'alice');
    await node.settle();
    const from: unknown[] = [];
    const next = interceptorVersion({
      name: 'one',
      version: '2.0.0',
      codeChange(state, version) {
        from.push(state, version);
        return { total: (state as number) * 2 };
      },
      intercept: (_envelope, state) => change(JSON.stringify(state)),
    });
    units[0]!.current = next;
    expect(await moveAll(node.core.interceptors.instances('one'), next)).toEqual([{ moved: true }, { moved: true }]);
    alice.send1(2, 'bob');
    await node.settle();
    expect(from).toEqual([5, '1.0.0', 5, '1.0.0']);
    expect(bob.bodies).toEqual(['m1', '{"total":10}']);
    expect([old.stats.instances, next.stats.instances]).toEqual([0, 2]);
  });

  test('waits for a promise of a verdict', async () => {
    let release = (): void => undefined;
    const { node, alice, bob, units } = await conversation(
      one(async (envelope) => {
        await new Promise<void>((resolve) => (release = resolve));
        return change(`${envelope.text()} old`);
      }),
    );
    alice.send1(1, 'bob', 'a');
    alice.send1(2, 'bob', 'b');
    await node.settle();
    const next = interceptorVersion({
      name: 'one',
      version: '2',
      intercept: (envelope) => change(`${envelope.text()} new`),
    });
    units[0]!.current = next;
    const moved = moveAll(node.core.interceptors.instances('one'), next);
    release();
    expect(await moved).toEqual([{ moved: true }]);
    for (let i = 0; i < 3; i++) await node.settle();
    expect(bob.bodies).toEqual(['a old', 'b new']);
  });

  test('that throws leaves the connection with its old version and state', async () => {
    const { node, alice, units } = await conversation([v1]);
    const old = units[0]!.current;
    alice.send1(1, 'bob');
    await node.settle();
    const error = new Error('no');
    const next = interceptorVersion({
      ...v1,
      version: '2',
      codeChange() {
        throw error;
      },
    });
    const outcomes = await moveAll(node.core.interceptors.instances('one'), next);
    expect(outcomes).toEqual([{ moved: false, reason: 'threw', error }]);
    expect([old.stats.instances, next.stats.instances]).toEqual([1, 0]);
  });

  test('by restart gives a new part with the version that is chosen then', async () => {
    const { node, alice, bob, units } = await conversation([v1]);
    alice.send1(1, 'bob');
    await node.settle();
    units[0]!.current = interceptorVersion({
      name: 'one',
      version: '2',
      init: () => 'fresh',
      intercept: (_envelope, state) => change(String(state)),
    });
    const cursor = node.core.interceptors.instances('one');
    cursor.next()!.restart();
    alice.send1(2, 'bob');
    await node.settle();
    expect(bob.bodies).toEqual(['m1', 'fresh']);
  });
});
