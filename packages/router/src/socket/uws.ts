import type uWebSockets from 'uWebSockets.js';
import type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
} from 'uWebSockets.js';
import { CloseCode } from '@mailbeam/protocol';
import { RouterError } from '../errors.js';
import type { ClientSocket } from '../port/client-socket.js';
import type { SocketServer, SocketServerOptions } from './socket-server.js';

/** The only file that knows uWebSockets.js, so that another build of it can take its place (docs/decisions/0001). */

const PATH = '/v1/socket';
const SUBPROTOCOL = 'mailbeam.v1';
const RETRY_AFTER_SECONDS = '5';
/** `LIBUS_LISTEN_EXCLUSIVE_PORT`: without it two routers share a port without a word. */
const EXCLUSIVE = 1;
/** We stop long before it: a port sends nothing while more than 1 MiB waits. */
const MAX_BACKPRESSURE_BYTES = 64 * 1024 * 1024;

interface UserData<P> {
  connection: P | null;
  socket: UwsSocket<P> | null;
}

class UwsSocket<P> implements ClientSocket {
  readonly #ws: WebSocket<UserData<P>>;
  #closed = false;

  constructor(ws: WebSocket<UserData<P>>) {
    this.#ws = ws;
  }

  send(bytes: Uint8Array): void {
    if (!this.#closed) this.#ws.send(bytes, true);
  }

  get bufferedBytes(): number {
    return this.#closed ? 0 : this.#ws.getBufferedAmount();
  }

  end(code: number, reason: string): void {
    if (!this.#closed) this.#ws.end(code, reason);
  }

  markClosed(): void {
    this.#closed = true;
  }
}

/** Works, and is missing in the library's types. */
type ListenWithOptions = (
  host: string,
  port: number,
  options: number,
  done: (token: us_listen_socket | false) => void,
) => void;

type Uws = typeof uWebSockets;

async function loadUws(): Promise<Uws> {
  try {
    return (await import('uWebSockets.js')).default;
  } catch (cause) {
    throw new RouterError(
      'socket_library',
      'uWebSockets.js has no binary for this Node and system: Node 20 runs on any glibc from 2.27; Node 22, 24 and 25 need glibc 2.38 (Ubuntu 24.04, Debian 13)',
      { cause },
    );
  }
}

/** Listens for WebSockets. @throws RouterError `socket_library`, `port_in_use` */
export async function listen<P>(options: SocketServerOptions<P>): Promise<SocketServer> {
  const uws = await loadUws();
  const app: TemplatedApp = uws.App();
  let connections = 0;
  /** Sockets that speak HTTP: not upgraded yet, or half. They cost a descriptor each, for the ten seconds that the library gives them. */
  let unupgraded = 0;

  app.filter((res, count) => {
    unupgraded += Number(count);
    if (Number(count) > 0 && connections + unupgraded > options.maxSockets) res.close();
  });
  app.ws<UserData<P>>(PATH, {
    compression: uws.DISABLED,
    maxPayloadLength: 2 * options.maxMessageBytes,
    idleTimeout: options.idleTimeoutSeconds,
    maxBackpressure: MAX_BACKPRESSURE_BYTES,
    upgrade: (res, req, context) => {
      guarded(res, () => {
        const refusal = refuse(req);
        if (refusal === undefined) accept(res, req, context);
        else answer(res, refusal.status, refusal.text, refusal.retry);
      });
    },
    open: (ws) => {
      connections++;
      unupgraded--;
      const data = ws.getUserData();
      data.socket = new UwsSocket(ws);
      data.connection = options.open(data.socket);
    },
    message: (ws, message, isBinary) => {
      if (!isBinary) ws.end(CloseCode.TEXT, 'binary messages only');
      else if (message.byteLength > options.maxMessageBytes) ws.end(CloseCode.TOO_BIG, 'message too big');
      else options.message(ws.getUserData().connection!, new Uint8Array(message));
    },
    drain: (ws) => options.drained(ws.getUserData().connection!),
    close: (ws) => {
      connections--;
      const data = ws.getUserData();
      data.socket!.markClosed();
      options.closed(data.connection!);
    },
  });
  app.any('/*', (res) => {
    guarded(res, () => answer(res, '404 Not Found', `Mailbeam takes WebSockets at ${PATH}`));
  });

  function refuse(req: HttpRequest): { status: string; text: string; retry?: boolean } | undefined {
    const offered = req.getHeader('sec-websocket-protocol').split(',');
    if (!offered.some((name) => name.trim() === SUBPROTOCOL)) {
      return { status: '400 Bad Request', text: `offer the subprotocol ${SUBPROTOCOL}` };
    }
    const origin = req.getHeader('origin');
    if (origin !== '' && !options.allowsOrigin(origin, req.getHeader('host'))) {
      return { status: '403 Forbidden', text: `pages of ${origin} may not connect: see auth.origins` };
    }
    if (connections >= options.maxConnections) {
      return { status: '503 Service Unavailable', text: 'the connection limit is reached', retry: true };
    }
    return undefined;
  }

  const token = await new Promise<us_listen_socket | false>((resolve) => {
    (app.listen as unknown as ListenWithOptions).call(app, options.host, options.port, EXCLUSIVE, resolve);
  });
  if (token === false) {
    app.close();
    throw new RouterError('port_in_use', `port ${options.port} on ${options.host} is taken or may not be bound`);
  }
  let listening = true;
  return {
    port: uws.us_socket_local_port(token),
    get connections() {
      return connections;
    },
    stopAccepting() {
      if (listening) uws.us_listen_socket_close(token);
      listening = false;
    },
    close() {
      listening = false;
      app.close();
    },
  };
}

function accept<P>(res: HttpResponse, req: HttpRequest, context: us_socket_context_t): void {
  res.upgrade<UserData<P>>(
    { connection: null, socket: null },
    req.getHeader('sec-websocket-key'),
    SUBPROTOCOL,
    req.getHeader('sec-websocket-extensions'),
    context,
  );
}

function answer(res: HttpResponse, status: string, text: string, retry = false): void {
  res.cork(() => {
    res.writeStatus(status).writeHeader('Content-Type', 'text/plain; charset=utf-8');
    if (retry) res.writeHeader('Retry-After', RETRY_AFTER_SECONDS);
    res.end(`${text}\n`);
  });
}

/** A handler that throws before it has answered would abort the whole process. */
function guarded(res: HttpResponse, handle: () => void): void {
  let aborted = false;
  res.onAborted(() => {
    aborted = true;
  });
  try {
    handle();
  } catch {
    if (!aborted) answer(res, '500 Internal Server Error', 'internal error');
  }
}
