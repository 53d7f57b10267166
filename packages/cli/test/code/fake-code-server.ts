import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModuleInfo, Operation } from '@mailbeam/router';

/** A refusal of the code server, as the admin interface sends it. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly detail: string;
  readonly locations?: readonly object[];
  readonly retryable?: boolean;
}

type Asked = Readonly<Record<string, unknown>>;

/**
 * The code routes of an admin port whose operations a test moves on by hand, for what a real code server does not do on demand.
 * `packages/cli/test/e2e` runs the real one.
 */
export class FakeCodeServer {
  readonly token = 'a-token';
  modules: ModuleInfo[] = [];
  readonly asked: { readonly path: string; readonly body: Asked }[] = [];
  /** What a load or a rollback begins with, or why there is none. */
  begin: (asked: Asked) => Partial<Operation> | Refusal = () => ({});
  readonly #operations = new Map<string, Operation>();
  readonly #server: Server;
  #changed: (() => void)[] = [];
  #port = 0;

  private constructor() {
    this.#server = createServer((req, res) => void this.#answer(req, res));
  }

  static async listen(): Promise<FakeCodeServer> {
    const fake = new FakeCodeServer();
    await fake.#listen(0);
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get flags(): string[] {
    return ['--admin', this.url, '--admin-token', this.token];
  }

  /** The operation goes on: everybody who waits for it hears. */
  change(id: string, change: Partial<Operation>): void {
    const before = this.#operations.get(id) ?? operation({ id });
    this.#operations.set(id, { ...before, seq: before.seq + 1, ...change });
    this.#wake();
  }

  /** Settles when somebody waits for that operation to go on from `seq`. */
  async awaited(id: string): Promise<void> {
    while (!this.#waiting.has(id)) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  /** The router is gone, and another one is there that knows nothing of what was. */
  async restart(between: () => Promise<void>): Promise<void> {
    await this.#close();
    this.#operations.clear();
    await between();
    await this.#listen(this.#port);
  }

  async close(): Promise<void> {
    await this.#close();
  }

  readonly #waiting = new Set<string>();

  async #listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #close(): Promise<void> {
    this.#wake();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #wake(): void {
    for (const changed of this.#changed.splice(0)) changed();
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const send = (status: number, body: unknown): void => {
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(body));
    };
    if (req.headers.authorization !== `Bearer ${this.token}`) return send(401, { error: 'unauthorized', detail: '' });
    const url = new URL(req.url ?? '/', this.url);
    if (req.method === 'POST') {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      return this.#start(url.pathname, JSON.parse(Buffer.concat(chunks).toString()) as Asked, send);
    }
    if (url.pathname === '/code/versions') return send(200, { modules: this.modules });
    if (url.pathname === '/code/operations')
      return send(200, { operations: [...this.#operations.values()].toReversed() });
    const id = url.pathname.replace('/code/operations/', '');
    await this.#held(id, Number(url.searchParams.get('afterSeq')));
    const found = this.#operations.get(id);
    if (found === undefined) return send(404, { error: 'unknown_operation', detail: `there is no operation ${id}` });
    return send(200, found);
  }

  async #held(id: string, afterSeq: number): Promise<void> {
    const now = this.#operations.get(id);
    if (now === undefined || now.seq > afterSeq || now.ended) return;
    const changed = new Promise<void>((resolve) => this.#changed.push(resolve));
    this.#waiting.add(id);
    for (const waiting of this.#changed.splice(0, this.#changed.length - 1)) waiting();
    await changed;
    this.#waiting.delete(id);
  }

  #start(path: string, body: Asked, send: (status: number, body: unknown) => void): void {
    this.asked.push({ path, body });
    const begun = this.begin(body);
    if ('status' in begun) {
      const { status, ...refusal } = begun;
      return send(status, refusal);
    }
    const id = `op-${this.asked.length}`;
    const what = path === '/code/rollback' ? 'rollback' : 'load';
    this.#operations.set(id, operation({ id, what, ...begun }));
    this.#wake();
    return send(202, this.#operations.get(id));
  }
}

/** An operation that has just begun, with what a test says of it. */
export function operation(given: Partial<Operation>): Operation {
  return {
    ...{ id: 'op-1', seq: 1, what: 'load', phase: 'compiling', ended: false, file: 'echo.ts' },
    ...{
      canary: 100,
      gateMs: 30_000,
      dryRun: false,
      by: '',
      startedAt: 1_000,
      phaseSince: 1_000,
      moved: 0,
      old: 0,
      failed: 0,
      reason: '',
    },
    ...given,
  };
}
