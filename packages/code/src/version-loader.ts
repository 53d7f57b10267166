import { checkModule } from '@mailbeam/handler';
import type { ModuleKind } from '@mailbeam/handler';
import type { Cancel } from './clock.js';
import { CodeError, messageOf } from './errors.js';
import { evaluateBundle } from './evaluate.js';
import type { Requirable } from './evaluate.js';
import type { VersionRecord } from './live-file.js';
import type { Listed } from './listed-versions.js';
import type { BuiltIn } from './options.js';
import type { Version } from './version.js';
import { VersionStats } from './version-stats.js';
import type { VersionStore } from './version-store.js';

/** Brings versions into this process, and sees them leave it. */
export class VersionLoader {
  readonly #store: VersionStore;
  readonly #shared: Requirable;
  readonly #builtIns = new Map<string, Version>();
  readonly #registry: FinalizationRegistry<Listed>;
  #closed = false;

  constructor(
    store: VersionStore,
    shared: Requirable,
    builtIns: readonly BuiltIn[],
    onFreed: (listed: Listed) => void,
  ) {
    this.#store = store;
    this.#shared = shared;
    for (const builtIn of builtIns)
      this.#builtIns.set(builtIn.name, { ...builtIn, bundle: '', stats: new VersionStats() });
    this.#registry = new FinalizationRegistry((listed) => {
      if (!this.#closed) onFreed(listed);
    });
  }

  /** From the bundle on the disk. @throws CodeError `start_failed` */
  async load(kind: ModuleKind, name: string, record: VersionRecord): Promise<Version> {
    if (record.builtIn) return this.#builtIn(name, record.version);
    return this.evaluate(kind, name, record.version, await this.#store.readBundle(name, record.version));
  }

  /** @throws CodeError `start_failed` */
  evaluate(kind: ModuleKind, name: string, version: string, text: string): Version {
    const bundle = this.#store.bundle(name, version);
    let exported: unknown;
    try {
      exported = evaluateBundle(text, bundle, this.#shared);
    } catch (error) {
      throw new CodeError('start_failed', `${name} ${version} threw while it was loaded: ${messageOf(error)}`, error);
    }
    const checked = checkModule(exported);
    if (!checked.ok) throw new CodeError('start_failed', `${name} ${version}: ${checked.problems.join('; ')}`);
    return { kind, name, version, module: checked.module, bundle, stats: new VersionStats() };
  }

  /** Tells when the memory of a version is free. What came with the host never is. */
  watch({ module }: Version, listed: Listed): Cancel {
    if (!listed.record.builtIn) this.#registry.register(module as object, listed, listed);
    return () => void this.#registry.unregister(listed);
  }

  close(): void {
    this.#closed = true;
  }

  #builtIn(name: string, version: string): Version {
    const found = this.#builtIns.get(name);
    if (found?.version === version) return found;
    throw new CodeError('start_failed', `${name} ${version} did not come with this host`);
  }
}
