import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ConsoleAccess } from '../console/console-access.js';
import { readCookie } from '../console/console-cookie.js';
import type { AdminAnswer } from './admin-server.js';
import { FailedTokens } from './failed-tokens.js';

/** Where the page of the console asks: the same routes as without it, but for a cookie and not the token. */
const CONSOLE = '/console/api';

/** What {@link Authority} is made of. */
export interface AuthorityOptions {
  readonly token: string;
  readonly console: ConsoleAccess | undefined;
  /** Monotonic ms. */
  readonly now: () => number;
  /** Ms since the epoch. */
  readonly wall: () => number;
}

/** Who asks for what: with the token, or, below `/console/api` and nowhere else, with the cookie of a session. */
export class Authority {
  readonly #options: AuthorityOptions;
  readonly #digest: Buffer;
  readonly #failed = new FailedTokens();

  constructor(options: AuthorityOptions) {
    this.#options = options;
    this.#digest = digestOf(options.token);
  }

  /** The path of the route that is meant, and whether the console asks. What belongs to the console itself it does not ask so. */
  static routeOf(pathname: string): { readonly path: string; readonly viaConsole: boolean } {
    const viaConsole = pathname.startsWith(`${CONSOLE}/`) && !pathname.startsWith(`${CONSOLE}/console/`);
    return { path: viaConsole ? pathname.slice(CONSOLE.length) : pathname, viaConsole };
  }

  /** Undefined: it may; else what it is answered. A right token is never held back by wrong ones. */
  refusal(headers: IncomingHttpHeaders, method: string | undefined, viaConsole: boolean): AdminAnswer | undefined {
    if (viaConsole) return this.#refusalOfPage(headers, method);
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (timingSafeEqual(digestOf(token), this.#digest)) return undefined;
    return this.counted(
      refused(401, 'unauthorized', 'send the token of DATA/admin.token as `Authorization: Bearer TOKEN`'),
    );
  }

  /** The same answer, or, where 401 comes too often, one that says to wait. */
  counted<T extends { readonly status: number }>(answer: T): T | AdminAnswer {
    if (answer.status !== 401) return answer;
    const waitMs = this.#failed.add(this.#options.now());
    if (waitMs === 0) return answer;
    const headers = { 'Retry-After': String(Math.ceil(waitMs / 1000)) };
    return { ...refused(429, 'too_many_failures', 'too many requests came without the right token'), headers };
  }

  /**
   * A browser sends the cookie whatever page asks. `SameSite` keeps other sites out, but another port of this machine is the
   * same site: what it sends has another Origin, or says so in `Sec-Fetch-Site`.
   */
  #refusalOfPage(headers: IncomingHttpHeaders, method: string | undefined): AdminAnswer | undefined {
    const fromSite = headers['sec-fetch-site'] ?? 'same-origin';
    if (fromSite !== 'same-origin' || (method !== 'GET' && headers.origin === undefined))
      return refused(403, 'forbidden', 'only the page of the console asks here');
    const { console, wall } = this.#options;
    if (console?.session(readCookie(headers), wall()) !== undefined) return undefined;
    return this.counted(
      refused(401, 'session_ended', 'the session of the console has ended: `mailbeam console` prints a link'),
    );
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}
