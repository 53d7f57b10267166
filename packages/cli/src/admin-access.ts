import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AdminRefusal } from './admin-refusal.js';
import type { AdminFlags } from './admin-flags.js';
import { CliError } from './cli-error.js';
import { configFor } from './config-in-force.js';
import { ExitCode } from './exit-code.js';
import { adminUrl, bracketed } from './router-address.js';
import { serverSentEvents } from './server-sent-events.js';

/** Name of the file in the data directory that holds the admin token (mode 0600). */
const tokenFile = 'admin.token';

/** Longest wait for an answer. */
const answerTimeoutMs = 10_000;

/** The admin interface of a router: its URL and the token that opens it. */
export class AdminAccess {
  readonly url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  /**
   * GETs a path and reads its JSON.
   * @param waitMs how long the router may take on purpose, on top of the usual time
   * @throws CliError UNREACHABLE when there is no answer, CLOSED when the token is not taken, ERROR when the answer is not
   *   JSON; AdminRefusal for any other status.
   */
  async get(route: string, waitMs = 0): Promise<unknown> {
    return this.#json(route, { headers: {}, waitMs });
  }

  /** POSTs a value as JSON and reads the answer's; waits and throws as {@link get}. */
  async post(route: string, body: unknown, waitMs = 0): Promise<unknown> {
    return this.#json(route, { method: 'POST', ...jsonBody(body), waitMs });
  }

  /** PUTs a value as JSON and reads the answer's; throws as {@link get}. */
  async put(route: string, body: unknown): Promise<unknown> {
    return this.#json(route, { method: 'PUT', ...jsonBody(body) });
  }

  /** DELETEs what is at a path, and reads the answer; throws as {@link get}. */
  async delete(route: string): Promise<unknown> {
    return this.#json(route, { method: 'DELETE', headers: {} });
  }

  /**
   * POSTs to a route that streams, and reads its values one by one, a JSON text a line; throws as {@link get}, UNREACHABLE also
   * when the router goes away in between. @param stop ends the reading, without an error
   */
  async *lines(route: string, stop: AbortSignal): AsyncGenerator<unknown> {
    try {
      yield* jsonLines(await this.#stream('POST', route, stop));
    } catch (error) {
      if (stop.aborted) return;
      throw error instanceof CliError ? error : unreachable(this.url, error);
    }
  }

  /**
   * GETs a route that tells server-sent events, and reads their data one by one; throws as {@link lines}.
   * @param seen the id of the last event that was read; moved on. @param stop ends the reading, without an error
   */
  async *events(route: string, seen: { id: string }, stop: AbortSignal): AsyncGenerator<unknown> {
    try {
      for await (const { id, data } of serverSentEvents(await this.#stream('GET', route, stop, seen.id))) {
        if (id !== undefined) seen.id = id;
        if (data !== undefined) yield JSON.parse(data);
      }
    } catch (error) {
      if (stop.aborted) return;
      throw error instanceof CliError ? error : unreachable(this.url, error);
    }
  }

  async #stream(method: 'GET' | 'POST', route: string, stop: AbortSignal, lastEventId = ''): Promise<Response['body']> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(lastEventId !== '' && { 'last-event-id': lastEventId }),
    };
    const response = await opened(this.url, method, route, stop, headers);
    if (!response.ok) throw this.#refusal(route, response.status, await response.text());
    return response.body;
  }

  async #json(route: string, { headers, ...request }: AdminRequest): Promise<unknown> {
    const { ok, status, text } = await answerOf(this.url, route, {
      ...request,
      headers: { ...headers, authorization: `Bearer ${this.#token}` },
    });
    if (!ok) throw this.#refusal(route, status, text);
    const value = parsedJson(text);
    if (value !== undefined) return value;
    throw new CliError(
      ExitCode.ERROR,
      `${this.url}${route}: the answer is not JSON`,
      'is that the admin port of a mailbeam?',
    );
  }

  #refusal(route: string, status: number, text: string): CliError {
    const refusal = new AdminRefusal(this.url + route, status, parsedJson(text) ?? text.trim());
    // 403 and 429 are also answers of routes that have their reasons, and then a code of their own.
    const isOfToken =
      status === 401 ||
      refusal.code === 'too_many_failures' ||
      (status === 403 && ['', 'forbidden'].includes(refusal.code));
    if (!isOfToken) return refusal;
    return new CliError(
      ExitCode.CLOSED,
      `${this.url} does not take the token`,
      `it stands in the file ${tokenFile} of the router's data directory: --data DIR or --admin-token TOKEN`,
    );
  }
}

/** Opens a stream: its head comes in time, what follows takes as long as it takes. */
async function opened(
  url: string,
  method: 'GET' | 'POST',
  route: string,
  stop: AbortSignal,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('no answer', 'TimeoutError')), answerTimeoutMs);
  try {
    const signal = AbortSignal.any([stop, late.signal]);
    return await fetch(url + route, { method, headers, signal, redirect: 'error' });
  } finally {
    clearTimeout(timer);
  }
}

async function* jsonLines(body: Response['body']): AsyncGenerator<unknown> {
  let rest = '';
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line);
  }
}

interface AdminRequest {
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly waitMs?: number;
}

function jsonBody(value: unknown): Pick<AdminRequest, 'headers' | 'body'> & { readonly body: string } {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // JSON has no undefined: this says that it is none
  }
}

interface AdminText {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

async function answerOf(url: string, route: string, { waitMs = 0, ...request }: AdminRequest): Promise<AdminText> {
  try {
    const signal = AbortSignal.timeout(answerTimeoutMs + waitMs);
    const response = await fetch(url + route, { ...request, signal, redirect: 'error' });
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    throw unreachable(url, error);
  }
}

function unreachable(url: string, error: unknown): CliError {
  return new CliError(
    ExitCode.UNREACHABLE,
    `no router answers at ${url}${reasonOf(error)}`,
    '`mailbeam start` starts one; --admin URL names another',
    { cause: error },
  );
}

/**
 * The admin interface that the flags name; what they leave open comes from `MAILBEAM_ADMIN` and the configuration of this
 * directory, as `mailbeam start` would read it.
 * @throws CliError USAGE when the URL is none, ERROR when there is no token.
 */
export async function adminAccess(flags: AdminFlags): Promise<AdminAccess> {
  const { config } = await configFor(pick(flags));
  const text = flags.admin ?? (process.env['MAILBEAM_ADMIN'] || undefined);
  const url = text === undefined ? `http://${bracketed(config.admin.host)}:${config.admin.port}` : adminUrl(text);
  if (url === undefined)
    throw new CliError(ExitCode.USAGE, `--admin ${text}: must be a URL such as http://127.0.0.1:4001`);
  return new AdminAccess(url, flags.adminToken ?? (await tokenIn(config.data, url)));
}

function pick(flags: AdminFlags): { data?: string; config?: string } {
  return {
    ...(flags.data === undefined ? {} : { data: flags.data }),
    ...(flags.config === undefined ? {} : { config: flags.config }),
  };
}

async function tokenIn(data: string, url: string): Promise<string> {
  const file = path.join(data, tokenFile);
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    // Without a router there is nothing to have a token for: say that first.
    if (missing) await answerOf(url, '/healthz', { headers: {} });
    throw new CliError(
      ExitCode.ERROR,
      missing
        ? `no admin token for ${url}: there is no ${file}`
        : `the admin token cannot be read: ${(error as Error).message}`,
      'the router makes it at its first start; --data DIR names its data directory, --admin-token TOKEN the token itself',
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return ` (no answer in ${answerTimeoutMs / 1000} s)`;
  const cause = (error as { cause?: { code?: unknown; message?: unknown } }).cause;
  const reason = cause?.code ?? cause?.message;
  return typeof reason === 'string' ? ` (${reason})` : '';
}
