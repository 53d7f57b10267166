import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CodeServer } from '../src/code-server.js';
import type { CodeEvent } from '../src/code-event.js';
import type { LoadOptions, Operation } from '../src/operation.js';
import type { CodeServerOptions } from '../src/options.js';
import { FakeHost } from './fake-host.js';

/** A code server on a directory of its own, with a host that tests can look into. */
export class ServerFixture {
  readonly root = mkdtempSync(join(tmpdir(), 'mailbeam-code-'));
  readonly handlers = join(this.root, 'handlers');
  readonly dir = join(this.root, 'code');
  readonly events: CodeEvent[] = [];
  readonly #options: Partial<CodeServerOptions>;
  host = new FakeHost();
  server!: CodeServer;

  constructor(options: Partial<CodeServerOptions> = {}) {
    this.#options = { gateMs: 0, ...options };
    mkdirSync(this.handlers);
  }

  /** Opens it, again as a node that was started anew. */
  async open(options: Partial<CodeServerOptions> = {}): Promise<this> {
    this.host = new FakeHost();
    const onEvent = (event: CodeEvent): void => void this.events.push(event);
    const { dir, handlers } = this;
    this.server = await CodeServer.open({ dir, handlers, onEvent, ...this.#options, ...options }, [this.host]);
    return this;
  }

  /** Writes a file below the handlers directory. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.handlers, path)), { recursive: true });
    writeFileSync(join(this.handlers, path), text);
  }

  /** Writes a service; `body` are more members. */
  service(name: string, version: string, body = ''): void {
    this.write(`${name}.ts`, serviceText(name, version, body));
  }

  async load(fileOrName: string, options: LoadOptions = {}): Promise<Operation> {
    const { id } = await this.server.load(fileOrName, options);
    return this.server.ended(id);
  }

  async rollback(name: string): Promise<Operation> {
    const { id } = await this.server.rollback(name, { by: 'test' });
    return this.server.ended(id);
  }

  texts(event: CodeEvent['event']): string[] {
    return this.events.filter((one) => one.event === event).map(({ text }) => text);
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

export const serviceText = (name: string, version: string, body = ''): string => `
import { defineService } from '@mailbeam/handler';
export default defineService<{ n: number }>({
  name: '${name}',
  version: '${version}',
  init: () => ({ n: 0 }),
  ${body}
});
`;
