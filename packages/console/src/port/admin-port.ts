import type { Problem } from './code-answers.js';

/** Nobody answered, or not in time. */
export class PortAway extends Error {
  override readonly name = 'PortAway';
}

/** There is no session, or it has ended. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';
}

/** The router does not do what was asked, and says why. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.message);
    this.status = status;
    this.problem = problem;
  }
}

/** Longest wait for an answer. */
const ANSWER_MS = 8_000;

/** The admin port that the page came from, as a session may ask it. */
export class AdminPort {
  readonly #fetch: typeof fetch;

  constructor(ask: typeof fetch = (...args) => fetch(...args)) {
    this.#fetch = ask;
  }

  /** @throws PortAway, SessionEnded, Refused; so do the others */
  get<T>(route: string): Promise<T> {
    return this.#ask('GET', `/console/api${route}`);
  }

  post<T>(route: string, body: object = {}): Promise<T> {
    return this.#ask('POST', `/console/api${route}`, body);
  }

  delete<T>(route: string): Promise<T> {
    return this.#ask('DELETE', `/console/api${route}`);
  }

  /** When the session of this browser ends, ms since the epoch; null: there is none. */
  async session(): Promise<number | null> {
    return (await this.#ask<{ endsAt: number | null }>('GET', '/console/session')).endsAt;
  }

  /** Changes the ticket of a link for a session. @throws Refused for one that was used or is too old */
  async signIn(ticket: string): Promise<void> {
    await this.#ask('POST', '/console/session', { ticket });
  }

  async signOut(): Promise<void> {
    await this.#ask('DELETE', '/console/session');
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    let response: Response;
    let value: unknown;
    try {
      response = await this.#fetch(path, {
        method,
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      value = await response.json();
    } catch (cause) {
      throw new PortAway('the router does not answer', { cause });
    }
    if (response.ok) return value as T;
    const { error = 'failed', detail = 'the request failed', ...rest } = value as { error?: string; detail?: string };
    if (error === 'session_ended') throw new SessionEnded(detail);
    throw new Refused(response.status, { code: error, message: detail, ...rest });
  }
}
