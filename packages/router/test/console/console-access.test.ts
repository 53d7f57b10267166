import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConsoleAccess, LINK_MS, SESSION_MS } from '../../src/console/console-access.js';

const NOW = 1_800_000_000_000;
let access: ConsoleAccess;

beforeEach(() => {
  access = new ConsoleAccess('open sesame');
});

const opened = () => access.open(access.ticket(NOW).ticket, NOW)!;

describe('a link', () => {
  test('opens a session once', () => {
    const { ticket, expiresAt } = access.ticket(NOW);
    expect(expiresAt).toBe(NOW + LINK_MS);
    expect(access.open(ticket, NOW)).toMatchObject({ endsAt: NOW + SESSION_MS });
    expect(access.open(ticket, NOW)).toBeUndefined();
  });

  test('is worth nothing after its time, nor is one that was never made', () => {
    const { ticket, expiresAt } = access.ticket(NOW);
    expect(access.open(ticket, expiresAt)).toBeUndefined();
    expect(access.open('x'.repeat(32), NOW)).toBeUndefined();
  });

  test('drops the oldest of those that wait when there are more than 16', () => {
    const tickets = Array.from({ length: 17 }, () => access.ticket(NOW).ticket);
    expect(tickets.map((ticket) => access.open(ticket, NOW) !== undefined)).toEqual([
      false,
      ...Array.from({ length: 16 }, () => true),
    ]);
  });
});

describe('a session', () => {
  test('ends at its time', () => {
    const { cookie, endsAt } = opened();
    expect(access.session(cookie, endsAt - 1)).toEqual({ cookie, endsAt });
    expect(access.session(cookie, endsAt)).toBeUndefined();
  });

  test('ends when it is signed out, and no other does', () => {
    const [one, other] = [opened(), opened()];
    access.end(one, NOW);
    expect([one, other].map(({ cookie }) => access.session(cookie, NOW) !== undefined)).toEqual([false, true]);
  });

  test('outlives the node, as long as the admin token is the same', () => {
    const { cookie } = opened();
    expect(new ConsoleAccess('open sesame').session(cookie, NOW)).toBeDefined();
    expect(new ConsoleAccess('another').session(cookie, NOW)).toBeUndefined();
  });

  test('cannot be made longer, or be made up', () => {
    const { cookie, endsAt } = opened();
    const [, id, mac] = cookie.split('.');
    for (const forged of ['', 'x', `${endsAt + 1}.${id}.${mac}`, `${endsAt}.${id}.`, `${cookie}x`, `x${cookie}`])
      expect(access.session(forged, NOW)).toBeUndefined();
  });
});
