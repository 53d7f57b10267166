import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SESSION_MS } from './console-session.js';
import type { ConsoleSession } from './console-session.js';
import type { EndedSessions } from './ended-sessions.js';

/** A link that has not been opened is worth nothing after so long. */
export const LINK_MS = 2 * 60_000;
/** Links that may wait to be opened; one more drops the oldest. */
const MOST_LINKS = 16;

/**
 * Who may use the console. A link holds a ticket that is taken once; it is changed for a session, which a cookie carries:
 * `END.ID.MAC`, with a key that is made of the admin token. So a session outlives the node, but not its token, and on disk
 * is only which were signed out.
 */
export class ConsoleAccess {
  readonly #key: Buffer;
  /** Ticket to when it is worth nothing any more, ms since the epoch; oldest first. */
  readonly #tickets = new Map<string, number>();
  readonly #ended: EndedSessions;

  constructor(adminToken: string, ended: EndedSessions) {
    this.#ended = ended;
    this.#key = createHmac('sha256', adminToken).update('mailbeam console session').digest();
  }

  /** A new link's ticket. @param wall ms since the epoch */
  ticket(wall: number): { readonly ticket: string; readonly expiresAt: number } {
    for (const [old, expiresAt] of this.#tickets)
      if (expiresAt <= wall || this.#tickets.size >= MOST_LINKS) this.#tickets.delete(old);
    const ticket = randomBytes(24).toString('base64url');
    const expiresAt = wall + LINK_MS;
    this.#tickets.set(ticket, expiresAt);
    return { ticket, expiresAt };
  }

  /** A session for a ticket, which is spent by it; undefined where it is spent, too old or none. */
  open(ticket: string, wall: number): ConsoleSession | undefined {
    const expiresAt = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (expiresAt === undefined || expiresAt <= wall) return undefined;
    const endsAt = wall + SESSION_MS;
    const said = `${endsAt}.${randomBytes(12).toString('base64url')}`;
    return { cookie: `${said}.${this.#mac(said).toString('base64url')}`, endsAt };
  }

  /** The session that a cookie stands for, or undefined. */
  session(cookie: string, wall: number): ConsoleSession | undefined {
    const [, said = '', end, id = '', mac = ''] = /^((\d{1,15})\.([\w-]{16}))\.([\w-]{43})$/.exec(cookie) ?? [];
    const given = Buffer.from(mac, 'base64url');
    const wanted = this.#mac(said);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    const endsAt = Number(end);
    return endsAt > wall && !this.#ended.has(id, endsAt) ? { cookie, endsAt } : undefined;
  }

  /** Ends a session now. Resolves when that is on disk, with false when it could not be written. */
  end({ cookie, endsAt }: ConsoleSession, wall: number): Promise<boolean> {
    return this.#ended.add(cookie.split('.')[1]!, endsAt, wall);
  }

  #mac(said: string): Buffer {
    return createHmac('sha256', this.#key).update(said).digest();
  }
}
