import { describe, expect, test } from '@jest/globals';
import { LOGINS_A_TURN } from '../src/admission.js';
import { TestNode } from '../src/test-kit/test-node.js';
import type { TestClient } from '../src/test-kit/test-node.js';

/** Turns run one at a time. */
class SlowNode extends TestNode {
  async storm(count: number): Promise<TestClient[]> {
    // known clients, so that no login has to wait for a flush
    for (let i = 0; i < count; i++) (await this.login(`u${i}`)).cut();
    await this.pass(1_000);
    return Array.from({ length: count }, (_, i) => this.connect(`u${i}`, { client: 'c' }));
  }
}

const welcomed = (clients: readonly TestClient[]): number => clients.filter((c) => c.of('welcome').length > 0).length;

describe('a storm of logins', () => {
  test('lets so many through at once, and all in the end, in the order in which they came', async () => {
    const node = new SlowNode();
    const clients = await node.storm(5 * LOGINS_A_TURN);
    expect(welcomed(clients)).toBe(LOGINS_A_TURN);
    expect(node.core.admission.waiting).toBe(4 * LOGINS_A_TURN);
    node.core.turn();
    expect(welcomed(clients)).toBe(2 * LOGINS_A_TURN);
    expect(clients[2 * LOGINS_A_TURN - 1]!.of('welcome')).toHaveLength(1);
    await node.settle();
    expect(welcomed(clients)).toBe(clients.length);
  });

  test('is bounded: who is turned away is told when to come back', async () => {
    const node = new SlowNode({ limits: { hellosWaiting: 3 } });
    const clients = await node.storm(LOGINS_A_TURN + 5);
    const away = clients.slice(-2);
    for (const client of away) {
      const [goodbye] = client.of('goodbye');
      expect(goodbye).toMatchObject({ reason: 'overloaded' });
      expect(goodbye!.retryAfterMs).toBeGreaterThanOrEqual(1_000);
      expect(goodbye!.retryAfterMs).toBeLessThanOrEqual(5_000);
      expect(client.closedWith).toEqual({ code: 4006, reason: 'overloaded' });
    }
    await node.settle();
    expect(welcomed(clients)).toBe(clients.length - 2);
    expect(node.core.admission.turnedAway).toBe(2);
  });

  test('does not let anybody be called late while they wait, nor spend a place on who has gone', async () => {
    const node = new SlowNode();
    const clients = await node.storm(3 * LOGINS_A_TURN);
    for (const client of clients.slice(LOGINS_A_TURN, 2 * LOGINS_A_TURN)) client.cut();
    node.clock.advance(10_000);
    node.core.tick();
    node.core.turn();
    expect(welcomed(clients)).toBe(2 * LOGINS_A_TURN);
    expect(clients.some(({ closedWith }) => closedWith !== null)).toBe(false);
  });

  test('of new clients is welcomed in turns too, after one flush', async () => {
    const node = new SlowNode();
    const clients = Array.from({ length: LOGINS_A_TURN }, (_, i) => node.connect(`a${i}`, { client: 'c' }));
    node.core.turn();
    clients.push(...Array.from({ length: LOGINS_A_TURN }, (_, i) => node.connect(`b${i}`, { client: 'c' })));
    expect(welcomed(clients)).toBe(0);
    await node.settle();
    expect(welcomed(clients)).toBe(2 * LOGINS_A_TURN);
  });
});
