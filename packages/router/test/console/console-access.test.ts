import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConsoleAccess, LINK_MS } from '../../src/console/console-access.js';
import { SESSION_MS } from '../../src/console/console-session.js';
import { EndedSessions } from '../../src/console/ended-sessions.js';

const NOW = 1_800_000_000_000;
let data: string;
let access: ConsoleAccess;
let errors: string[];

/** As the next node would have it. */
const accessOf = (token = 'open sesame'): ConsoleAccess => {
  const log = { error: (_: unknown, text?: string) => void errors.push(text ?? '') };
  return new ConsoleAccess(token, EndedSessions.open(data, NOW, log as never));
};

beforeEach(() => {
  errors = [];
  data = mkdtempSync(join(tmpdir(), 'mailbeam-console-'));
  access = accessOf();
});

afterEach(() => rmSync(data, { recursive: true }));

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

  test('ends when it is signed out, for the next node too, and no other does', async () => {
    const [one, other] = [opened(), opened()];
    expect(await access.end(one, NOW)).toBe(true);
    for (const node of [access, accessOf()])
      expect([one, other].map(({ cookie }) => node.session(cookie, NOW) !== undefined)).toEqual([false, true]);
    expect(statSync(join(data, 'console-ended.json')).mode & 0o777).toBe(0o600);
    expect(errors).toEqual([]);
  });

  test('counts as ended where it cannot be told any more whether it was signed out', async () => {
    const early = opened();
    for (let i = 0; i < 1_000; i++) void access.end(opened(), NOW);
    const late = access.open(access.ticket(NOW + 1).ticket, NOW + 1)!;
    await access.end(opened(), NOW); // the thousand and first: the oldest is not remembered by name
    for (const node of [access, accessOf()])
      expect([early, late].map(({ cookie }) => node.session(cookie, NOW) !== undefined)).toEqual([false, true]);
  });

  test.each(['no JSON', '{"format":2}', '{"format":1,"floor":0,"ended":[["x"]]}'])(
    'has ended where the file of those that were signed out says %s, and the next one is good',
    (text) => {
      const { cookie } = opened();
      writeFileSync(join(data, 'console-ended.json'), text);
      access = accessOf();
      expect(access.session(cookie, NOW)).toBeUndefined();
      const later = access.open(access.ticket(NOW + 1).ticket, NOW + 1)!;
      expect(access.session(later.cookie, NOW + 1)).toEqual(later);
      expect(errors).toEqual([expect.stringMatching(/all of them have ended$/)]);
    },
  );

  test('has ended though that could not be written, which is logged', async () => {
    mkdirSync(join(data, 'console-ended.json.new'));
    const session = opened();
    expect(await access.end(session, NOW)).toBe(false);
    expect(access.session(session.cookie, NOW)).toBeUndefined();
    expect(errors).toEqual([expect.stringMatching(/could not be written/)]);
  });

  test('outlives the node, as long as the admin token is the same', () => {
    const { cookie } = opened();
    expect(accessOf().session(cookie, NOW)).toBeDefined();
    expect(accessOf('another').session(cookie, NOW)).toBeUndefined();
  });

  test('cannot be made longer, or be made up', () => {
    const { cookie, endsAt } = opened();
    const [, id, mac] = cookie.split('.');
    for (const forged of ['', 'x', `${endsAt + 1}.${id}.${mac}`, `${endsAt}.${id}.`, `${cookie}x`, `x${cookie}`])
      expect(access.session(forged, NOW)).toBeUndefined();
  });
});
