import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ConsoleAccess } from '../console/console-access.js';
import { RouterError } from '../errors.js';
import { sendStream } from './admin-stream.js';
import type { AdminStream } from './admin-stream.js';
import { Authority } from './authority.js';
import { BadBody, jsonBody } from './request-body.js';

/** What a route answers: a status and a value that is sent as JSON. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is no JSON. */
export interface AdminText {
  readonly status: number;
  /** The `Content-Type`. */
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Answer = AdminAnswer | AdminText | AdminStream;

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path in the form `/mailboxes/:user/purge`. */
  readonly path: string;
  /** Answers without a token. */
  readonly open?: boolean;
  /** @param body the JSON object of the request, {} where there is none */
  handle(
    params: Readonly<Record<string, string>>,
    query: URLSearchParams,
    body: Readonly<Record<string, unknown>>,
    headers: IncomingHttpHeaders,
  ): Answer | Promise<Answer>;
}

export interface AdminServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly routes: readonly AdminRoute[];
  /** Who may use the console; default: nobody. */
  readonly console?: ConsoleAccess;
  /** Monotonic ms; default the machine's. */
  readonly now?: () => number;
  /** Ms since the epoch; default the machine's. */
  readonly wall?: () => number;
}

/** Connections at a time; one more is closed. Descriptors are kept back for them (`config/descriptor-limit.ts`). */
const MOST_CONNECTIONS = 256;

/** The admin interface: loopback by default, `Host` and `Origin` checked, and always a token but for what is open. */
export class AdminServer {
  readonly #server: Server;
  readonly #options: AdminServerOptions;
  readonly #authority: Authority;

  private constructor(options: AdminServerOptions) {
    this.#options = options;
    const { token, console, now = (): number => performance.now(), wall = Date.now } = options;
    this.#authority = new Authority({ token, console, now, wall });
    this.#server = createServer((req, res) => {
      req.on('error', () => undefined); // the client has gone: nobody waits for the answer
      this.#answer(req).then(
        (answer) => {
          req.resume(); // what was not read of it
          if ('chunks' in answer) sendStream(res, answer);
          else if ('text' in answer) sendText(res, answer);
          else send(res, answer);
        },
        () => send(res, { status: 500, body: { error: 'internal', detail: 'the request failed in the router' } }),
      );
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** @throws RouterError `port_in_use` */
  static async listen(options: AdminServerOptions): Promise<AdminServer> {
    const admin = new AdminServer(options);
    await new Promise<void>((resolve, reject) => {
      admin.#server.once('error', (cause) =>
        reject(
          new RouterError('port_in_use', `the admin port ${options.port} on ${options.host} cannot be bound`, {
            cause,
          }),
        ),
      );
      admin.#server.listen(options.port, options.host, resolve);
    });
    return admin;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(req: IncomingMessage): Promise<Answer> {
    const host = req.headers.host ?? '';
    if (!this.#isOurs(host)) return refused(403, 'forbidden', 'this Host is not ours');
    const { origin } = req.headers;
    if (origin !== undefined && origin !== `http://${host}`)
      return refused(403, 'forbidden', 'this Origin may not ask');
    const url = new URL(req.url ?? '/', 'http://admin');
    const { path, viaConsole } = Authority.routeOf(url.pathname);
    let found = false;
    for (const route of this.#options.routes) {
      const params = match(route.path, path);
      if (params === undefined) continue;
      found = true;
      if (route.method !== req.method) continue;
      const { headers } = req;
      const refusal = route.open === true ? undefined : this.#authority.refusal(headers, req.method, viaConsole);
      if (refusal !== undefined) return refusal;
      if (route.method === 'GET') return route.handle(params, url.searchParams, {}, headers);
      try {
        return this.#authority.counted(await route.handle(params, url.searchParams, await jsonBody(req), headers));
      } catch (error) {
        if (error instanceof BadBody) return refused(error.status, 'bad_body', error.message);
        throw error;
      }
    }
    return found
      ? refused(405, 'method_not_allowed', `${url.pathname} does not take ${req.method ?? ''}`)
      : refused(404, 'not_found', `there is no ${url.pathname}`);
  }

  /** A page that had its own name point to this machine would come with that name. */
  #isOurs(host: string): boolean {
    const name = host.replace(/:\d+$/, '').toLowerCase();
    return [this.#options.host, 'localhost', '127.0.0.1', '[::1]'].includes(name);
  }
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i]!;
    if (!part.startsWith(':')) {
      if (part !== value) return undefined;
      continue;
    }
    try {
      params[part.slice(1)] = decodeURIComponent(value);
    } catch {
      return undefined; // a broken percent escape names nothing
    }
  }
  return params;
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}

function send(res: ServerResponse, { status, body, headers }: AdminAnswer): void {
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(`${JSON.stringify(body)}\n`);
}

function sendText(res: ServerResponse, { status, type, text, headers }: AdminText): void {
  res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
  res.end(text);
}
