import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient } from '../swap/admin-client.js';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shapeCount, writeVersion } from '../swap/modules.js';

const modules = ['counter', 'screen', 'session'] as const;

/** An interceptor that lets everything pass and counts what. */
const screen = (n: number): string => `
  import { defineInterceptor, pass } from '@mailbeam/handler';
  export default defineInterceptor({
    name: 'screen',
    version: '1.0.${n}',
    init: () => ({ seen: 0 }),
    intercept(_envelope, state) {
      state.seen += 1;
      return pass();
    },
    codeChange: (state) => state,
  });
`;

/** Loads a service, an interceptor and the session, each in turn. */
export class Reloads {
  fault = '';
  loads = 0;
  readonly #admin: AdminClient;
  readonly #handlers: string;
  readonly #end = new AbortController();
  #all: Promise<void> = Promise.resolve();

  constructor(admin: AdminClient, handlers: string) {
    this.#admin = admin;
    this.#handlers = handlers;
  }

  /** Loads `first` versions of each, then one each `everyMs`. */
  async begin(first: number, everyMs: number): Promise<void> {
    while (this.loads < first * modules.length) await this.#load();
    this.#all = this.#go(everyMs);
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.#all;
  }

  async #go(everyMs: number): Promise<void> {
    const { signal } = this.#end;
    try {
      for (;;) {
        await delay(everyMs, undefined, { signal });
        await this.#load();
      }
    } catch (error) {
      if (!signal.aborted) this.fault = (error as Error).message;
    }
  }

  async #load(): Promise<void> {
    const module = modules[this.loads % modules.length]!;
    // states of the same shape each time: those of others take more, or less
    const n = Math.floor(this.loads / modules.length) * shapeCount;
    const { phase, reason } = await this.#admin.load(this.#write(module, n), { gateMs: 0 });
    if (phase !== 'kept') throw new Error(`the load of ${module} ended ${phase}: ${String(reason)}`);
    this.loads++;
  }

  #write(module: (typeof modules)[number], n: number): string {
    if (module !== 'screen') return writeVersion(this.#handlers, module, n);
    const file = join(this.#handlers, 'screen.ts');
    writeFileSync(file, screen(n));
    return file;
  }
}
