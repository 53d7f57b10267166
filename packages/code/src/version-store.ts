import { mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './durable-file.js';
import { CodeError, messageOf } from './errors.js';
import { isMissing } from './handler-file.js';
import { emptyLiveFile, readLiveFile } from './live-file.js';
import type { LiveFile, ModuleRecord } from './live-file.js';

/**
 * The directory of the code server:
 *
 * ```
 * live.json                   what is live, what was, what is being rolled out (live-file.ts)
 * bundles/NAME@VERSION.cjs    the compiled module, source map included
 * audit.log, audit.log.1      what happened, JSON lines (audit-log.ts)
 * ```
 *
 * Order: a bundle is on disk before live.json names it, and live.json stops naming it before it is removed.
 */
export class VersionStore {
  readonly dir: string;
  readonly #modules = new Map<string, ModuleRecord>();
  #live: LiveFile;
  #saving: Promise<void> = Promise.resolve();

  private constructor(dir: string, live: LiveFile) {
    this.dir = dir;
    this.#live = live;
    for (const module of live.modules) this.#modules.set(module.name, module);
  }

  /** @throws CodeError `bad_directory` */
  static async open(dir: string): Promise<VersionStore> {
    try {
      await mkdir(join(dir, 'bundles'), { recursive: true, mode: 0o700 });
      const real = await realpath(dir);
      return new VersionStore(real, await readLive(join(real, 'live.json')));
    } catch (error) {
      throw error instanceof CodeError ? error : new CodeError('bad_directory', messageOf(error), error);
    }
  }

  get live(): LiveFile {
    return { ...this.#live, modules: [...this.#modules.values()] };
  }

  module(name: string): ModuleRecord | undefined {
    return this.#modules.get(name);
  }

  /** Resolves when it is on disk. */
  async save(module: ModuleRecord): Promise<void> {
    this.#modules.set(module.name, module);
    await this.#write();
  }

  /** Replaces everything. Resolves when it is on disk. */
  async saveAll(live: LiveFile): Promise<void> {
    this.#live = live;
    this.#modules.clear();
    for (const module of live.modules) this.#modules.set(module.name, module);
    await this.#write();
  }

  /** The path of a bundle, absolute. */
  bundle(name: string, version: string): string {
    return join(this.dir, 'bundles', `${name}@${version}.cjs`);
  }

  /** Resolves when it is on disk. */
  async writeBundle(name: string, version: string, text: string): Promise<string> {
    const path = this.bundle(name, version);
    await writeDurably(path, text);
    return path;
  }

  /** @throws CodeError `start_failed` when it is not there */
  async readBundle(name: string, version: string): Promise<string> {
    try {
      return await readFile(this.bundle(name, version), 'utf8');
    } catch (error) {
      throw new CodeError('start_failed', `its bundle cannot be read: ${messageOf(error)}`, error);
    }
  }

  async removeBundle(name: string, version: string): Promise<void> {
    await rm(this.bundle(name, version), { force: true });
  }

  /** Removes bundles that nothing names, and half-written files: what a death has left. Only at a start. */
  async sweepBundles(): Promise<void> {
    const named = new Set(
      this.live.modules.flatMap(({ name, chain, rollout }) =>
        [...chain, ...(rollout === undefined ? [] : [rollout.to])].map(({ version }) => `${name}@${version}.cjs`),
      ),
    );
    for (const file of await readdir(join(this.dir, 'bundles')))
      if (!named.has(file)) await rm(join(this.dir, 'bundles', file), { force: true });
  }

  /** One after the other, and always what is true when its turn comes. */
  #write(): Promise<void> {
    const path = join(this.dir, 'live.json');
    const written = this.#saving.then(() => writeDurably(path, `${JSON.stringify(this.live, null, 1)}\n`));
    this.#saving = written.catch(() => undefined);
    return written;
  }
}

async function readLive(path: string): Promise<LiveFile> {
  try {
    return readLiveFile(await readFile(path, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return emptyLiveFile;
    throw error;
  }
}
