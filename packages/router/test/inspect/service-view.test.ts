import { defineService } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { serviceView } from '../../src/inspect/service-view.js';
import { Names } from '../../src/privacy/names.js';
import { settled, TestNode } from '../../src/test-kit/test-node.js';

const names = new Names(Buffer.alloc(32), true);

/** Handles a message when `go` is called. */
function held(state: 'shared' | 'caller') {
  const waiting: (() => void)[] = [];
  const service = defineService({
    name: 'slow',
    version: '1.2.0',
    state,
    init: () => ({ handled: 0 }),
    handleMessage: () => new Promise<void>((done) => waiting.push(done)),
  });
  return { service, go: () => waiting.shift()?.() };
}

describe('a service with one state', () => {
  test('is shown with what waits, and since when its entry is in hand', async () => {
    const { service, go } = held('shared');
    const node = new TestNode({ services: [service] });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, '$slow', 'a secret');
    await node.settle();
    await node.pass(700);
    const shown = await serviceView(node.core.services.find('$slow')!, 5, node.core, names);
    expect(shown).toMatchObject({
      kind: 'service',
      service: '$slow',
      state: 'shared',
      versions: [{ version: '1.2.0', actors: 1 }],
      mailbox: { messages: 3, inFlight: 3, stored: 0, oldestAgeMs: 700 },
      callsWaiting: 0,
      lanes: 1,
      busy: 1,
      longestInHandMs: 700,
      deepest: [{ caller: null, version: '1.2.0', depth: 3, inHand: { what: 'message', forMs: 700 } }],
      actor: { behaviour: 'slow', version: '1.2.0', class: 'service', status: 'awaiting', state: null },
    });
    expect(JSON.stringify(shown)).not.toContain('secret');
    for (let i = 0; i < 3; i++) {
      go();
      await settled();
      await node.settle();
    }
    expect(await serviceView(node.core.services.find('$slow')!, 5, node.core, names)).toMatchObject({
      mailbox: { messages: 0, oldestAgeMs: null },
      busy: 0,
      longestInHandMs: null,
      actor: { status: 'waiting', state: { shape: '{ handled: number }' } },
    });
  });
});

describe('a service with a state for each caller', () => {
  test('is shown with its deepest lanes, and whose they are', async () => {
    const { service } = held('caller');
    const node = new TestNode({ services: [service] });
    for (const [user, count] of Object.entries({ alice: 1, bob: 3, carl: 2 })) {
      const client = await node.login(user);
      for (let cid = 1; cid <= count; cid++) client.send1(cid, '$slow');
      await node.settle();
    }
    const shown = await serviceView(node.core.services.find('$slow')!, 2, node.core, names);
    expect(shown).toMatchObject({ state: 'caller', lanes: 3, busy: 3, actor: null });
    expect(shown.versions).toEqual([{ version: '1.2.0', actors: 3 }]);
    expect(shown.deepest.map(({ caller, depth }) => [caller, depth])).toEqual([
      ['bob', 3],
      ['carl', 2],
    ]);
  });
});
