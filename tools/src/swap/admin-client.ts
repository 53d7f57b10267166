import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModuleInfo, Operation } from '@mailbeam/router';

/** Longest wait for an operation's end. */
const END_LIMIT_MS = 180_000;

/** Asks a router's admin port. */
export class AdminClient {
  readonly #url: string;
  readonly #token: string;
  readonly #by: string;

  /** @param by who loads code, for the audit log */
  constructor(port: number, data: string, by = 'swap test') {
    this.#by = by;
    this.#url = `http://127.0.0.1:${port}`;
    this.#token = readFileSync(join(data, 'admin.token'), 'utf8').trim();
  }

  /** Loads a file and waits for its end; tells on the way how it goes. */
  load(
    file: string,
    options: { readonly canary?: number; readonly gateMs?: number } = {},
    onProgress: (operation: Operation) => void = () => undefined,
  ): Promise<Operation> {
    return this.#operate('/code/load', { file, by: this.#by, ...options }, onProgress);
  }

  rollback(name: string): Promise<Operation> {
    return this.#operate('/code/rollback', { name, by: this.#by });
  }

  /** A page of JSON. @throws for any status but 2xx */
  page(path: string): Promise<unknown> {
    return this.#ask('GET', path);
  }

  /** A page as it is; of a stream, what came until `signal`, which then throws. @throws for any status but 2xx */
  async text(path: string, signal: AbortSignal): Promise<string> {
    const response = await fetch(this.#url + path, { headers: { authorization: `Bearer ${this.#token}` }, signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${path}: HTTP ${response.status} ${text}`);
    return text;
  }

  async versions(): Promise<readonly ModuleInfo[]> {
    return ((await this.#ask('GET', '/code/versions')) as { modules: ModuleInfo[] }).modules;
  }

  async #operate(
    path: string,
    body: object,
    onProgress: (operation: Operation) => void = () => undefined,
  ): Promise<Operation> {
    let operation = (await this.#ask('POST', path, body)) as Operation;
    const end = performance.now() + END_LIMIT_MS;
    while (!operation.ended && performance.now() < end) {
      onProgress(operation);
      const wait = `?afterSeq=${operation.seq}&waitMs=5000`;
      operation = (await this.#ask('GET', `/code/operations/${operation.id}${wait}`)) as Operation;
    }
    return operation;
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
}
