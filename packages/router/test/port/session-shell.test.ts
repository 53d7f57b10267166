import { describe, expect, test } from '@jest/globals';
import session from '../../src/behaviours/session.js';
import type { SessionModule } from '../../src/port/session-shell.js';
import { settled, TestNode } from '../../src/test-kit/test-node.js';

interface Session {
  init(port: { user: string }): unknown;
  handleMessage(...args: unknown[]): unknown;
}

/** The real session with another `init`, for mallory alone. */
function withInit(init: (real: () => unknown, start: number) => unknown, rest: object = {}): SessionModule {
  const real = session as unknown as Session;
  let starts = 0;
  const start = (port: { user: string }): unknown =>
    port.user === 'mallory' ? init(() => real.init(port), ++starts) : real.init(port);
  return { ...(session as unknown as object), init: start, ...rest } as unknown as SessionModule;
}

async function ticks(node: TestNode): Promise<void> {
  for (let n = 0; n < 8; n++) await node.pass(250);
}

describe('a session that does not start', () => {
  test.each<[string, SessionModule]>([
    [
      'because its init throws',
      withInit(() => {
        throw new Error('planted: init');
      }),
    ],
    ['because its async init rejects', withInit(() => Promise.reject(new Error('planted: init')))],
  ])('%s ends its own connection and no other', async (_, module) => {
    const node = new TestNode({ session: module });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    const mallory = await node.login('mallory');
    mallory.send1(1, 'bob');
    await ticks(node);
    expect(mallory.closedWith).toEqual({ code: 4006, reason: 'failed' });
    expect(mallory.of('error')).toEqual([{ op: 'error', code: 'failed' }]);
    alice.send1(1, 'bob');
    node.run();
    expect([bob.bodies, alice.closedWith, bob.closedWith]).toEqual([['m1'], null, null]);
  });

  test('again after a crash ends its connection too', async () => {
    const handleMessage = (): never => {
      throw new Error('planted: handling');
    };
    const init = (real: () => unknown, start: number): unknown => {
      if (start > 1) throw new Error('planted: init');
      return real();
    };
    const node = new TestNode({ session: withInit(init, { handleMessage }) });
    const mallory = await node.login('mallory');
    mallory.send1(1, 'bob');
    await ticks(node);
    expect(mallory.closedWith).toMatchObject({ code: 4006 });
  });
});

test('frames that come while an async init is under way wait for it', async () => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const node = new TestNode({ session: withInit(async (real) => (await gate, real())) });
  const bob = await node.login('bob');
  const mallory = await node.login('mallory');
  mallory.send1(1, 'bob');
  mallory.send1(2, 'bob');
  await node.settle();
  expect([bob.bodies, mallory.closedWith]).toEqual([[], null]);
  release();
  await settled();
  await node.settle();
  expect(bob.bodies).toEqual(['m1', 'm2']);
  expect(node.crashes).toEqual([]);
});
