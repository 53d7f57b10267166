import type { CodeEvent, ModuleInfo } from '@mailbeam/code';

/** When the code of a module came to run. */
export interface LastLoad {
  readonly module: string;
  readonly version: string;
  /** Ms since the epoch. */
  readonly at: number;
}

/** The last change of each module's code, by a load or a rollback: the first suspect when something goes wrong. */
export class LastLoads {
  readonly #byName = new Map<string, LastLoad>();

  /** What was loaded before this node started. */
  begin(modules: readonly ModuleInfo[]): void {
    for (const { name, live, versions } of modules) {
      const version = versions.find((one) => one.version === live);
      if (version === undefined || version.builtIn || this.#byName.has(name)) continue;
      this.#note(name, version.version, version.liveSince ?? version.loadedAt);
    }
  }

  /** Hears of what the code server does. */
  readonly note = ({ event, name, version, from, at }: CodeEvent): void => {
    if (name === undefined || version === undefined) return;
    if (event === 'moving') this.#note(name, version, at);
    // a first version moves nobody
    else if (event === 'kept' && this.#byName.get(name)?.version !== version) this.#note(name, version, at);
    else if (event === 'rolled_back' && from !== undefined) this.#note(name, from, at);
  };

  /** The first suspect: the last load of a behaviour, or, where its code has never changed, the last of any, which may stand in its way. */
  of(name: string | null): LastLoad | null {
    const own = name === null ? undefined : this.#byName.get(name);
    if (own !== undefined) return own;
    let latest: LastLoad | null = null;
    for (const load of this.#byName.values()) if (latest === null || load.at > latest.at) latest = load;
    return latest;
  }

  #note(module: string, version: string, at: number): void {
    this.#byName.set(module, { module, version, at });
  }
}
