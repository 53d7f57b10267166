import type { ModuleKind } from '@mailbeam/handler';
import type { Instance, InstanceCursor, ModuleHost, ModuleUnit, MoveOutcome } from '../src/module-host.js';
import { copyState } from '../src/state-copy.js';
import type { Version } from '../src/version.js';

/** What the modules of these tests export besides their description. */
export interface TestModule {
  init?(key: string): unknown;
  codeChange?(state: unknown, from: string): unknown;
  handle?(message: unknown, state: unknown): unknown;
  [other: string]: unknown;
}

/** One thing that runs a version: it handles messages in the caller's turn. */
export class FakeInstance {
  readonly key: string;
  version: Version;
  state: unknown;
  depth = 0;
  restarts = 0;
  readonly #unit: ModuleUnit;
  /** While it is in a callback, what waits for its end. */
  #waiting: (() => void)[] | undefined;

  constructor(unit: ModuleUnit, key: string) {
    this.#unit = unit;
    this.key = key;
    this.version = unit.choose(key);
    this.version.stats.instances++;
    this.state = moduleOf(this.version).init?.(key);
  }

  handle(message: unknown): unknown {
    const { stats } = this.version;
    stats.handled++;
    try {
      return moduleOf(this.version).handle?.(message, this.state);
    } catch {
      stats.crashes++;
      return undefined;
    }
  }

  /** As if an async callback were under way, until the function that it returns is called. */
  busy(): () => void {
    const waiting: (() => void)[] = [];
    this.#waiting = waiting;
    return () => {
      this.#waiting = undefined;
      for (const fn of waiting) fn();
    };
  }

  move(to: Version, done: (outcome: MoveOutcome) => void): void {
    if (this.#waiting !== undefined) this.#waiting.push(() => done(this.#change(to)));
    else done(this.#change(to));
  }

  restart(): void {
    this.#become(this.#unit.choose(this.key));
    this.restarts++;
    this.state = moduleOf(this.version).init?.(this.key);
  }

  end(): void {
    this.version.stats.instances--;
  }

  #change(to: Version): MoveOutcome {
    try {
      const { codeChange } = moduleOf(to);
      if (codeChange !== undefined) this.state = codeChange(this.state, this.version.version);
    } catch (error) {
      return { moved: false, reason: 'threw', error };
    }
    this.#become(to);
    return { moved: true };
  }

  #become(to: Version): void {
    this.version.stats.instances--;
    this.version = to;
    to.stats.instances++;
  }
}

const moduleOf = (version: Version): TestModule => version.module as TestModule;

/** Runs modules as simply as can be: instances are started by the test. */
export class FakeHost implements ModuleHost {
  readonly kind: ModuleKind;
  readonly units = new Map<string, ModuleUnit>();
  readonly all = new Map<string, Map<string, FakeInstance>>();
  /** Called before a module starts: may throw. */
  onStart: (unit: ModuleUnit) => void = () => undefined;

  constructor(kind: ModuleKind = 'service') {
    this.kind = kind;
  }

  start(unit: ModuleUnit): void {
    this.onStart(unit);
    unit.choose('');
    this.units.set(unit.name, unit);
    this.all.set(unit.name, new Map());
  }

  stop(name: string): void {
    for (const instance of this.all.get(name)?.values() ?? []) instance.end();
    this.units.delete(name);
    this.all.delete(name);
  }

  /** Starts instances `0` to below `n`, or those of a prefix. */
  spawn(name: string, n: number, prefix = ''): FakeInstance[] {
    const instances = this.all.get(name)!;
    return Array.from({ length: n }, (_, i) => {
      const instance = new FakeInstance(this.units.get(name)!, `${prefix}${i}`);
      instances.set(instance.key, instance);
      return instance;
    });
  }

  end(name: string, key: string): void {
    this.all.get(name)!.get(key)?.end();
    this.all.get(name)!.delete(key);
  }

  of(name: string): FakeInstance[] {
    return [...(this.all.get(name)?.values() ?? [])];
  }

  /** How many instances run which version. */
  versionsOf(name: string): Record<string, number> {
    const found: Record<string, number> = {};
    for (const { version } of this.of(name)) found[version.version] = (found[version.version] ?? 0) + 1;
    return found;
  }

  instances(name: string): InstanceCursor {
    const values = (this.all.get(name) ?? new Map<string, FakeInstance>()).values();
    let at: FakeInstance;
    const flyweight: Instance = {
      get key() {
        return at.key;
      },
      get version() {
        return at.version;
      },
      get depth() {
        return at.depth;
      },
      move: (to, done) => at.move(to, done),
      restart: () => at.restart(),
      copyState: () => copyState(at.state),
    };
    return {
      next: () => {
        const step = values.next();
        if (step.done === true) return undefined;
        at = step.value;
        return flyweight;
      },
      close: () => undefined,
    };
  }
}
