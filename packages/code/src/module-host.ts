import type { ModuleKind } from '@mailbeam/handler';
import type { Version } from './version.js';

/** What became of moving one instance to another version. */
export type MoveOutcome =
  | { readonly moved: true }
  /** It has ended meanwhile. */
  | { readonly moved: false; readonly reason: 'gone' }
  /** `codeChange` threw: it goes on with its old version and state. */
  | { readonly moved: false; readonly reason: 'threw'; readonly error: unknown };

/**
 * One thing that runs a version of a module: the session of a connection, the actor of a service or of one of its callers,
 * an interceptor's part of one connection. A cursor hands out one object again and again: it stands for another instance
 * after the next `next()`.
 */
export interface Instance {
  /** Stable for its life: decides whether it belongs to a canary. */
  readonly key: string;
  readonly version: Version;
  /** Messages that wait for it. */
  readonly depth: number;
  /** Between two messages, at once or when the callback in hand returns. `done` is called once. */
  move(to: Version, done: (outcome: MoveOutcome) => void): void;
  /** Ends it; its supervisor starts it again, on the version that {@link ModuleUnit.choose} gives. */
  restart(): void;
  /** Its state with what is not plain data replaced by `Handle` marks: may be cloned and sent to a worker. */
  copyState(): unknown;
}

/** Instances one by one, oldest first, across turns; those that come later may or may not be seen. */
export interface InstanceCursor {
  /** The next instance, or undefined after the last. Valid until the next call. */
  next(): Instance | undefined;
  close(): void;
}

/** Where a code server decides which version an instance that starts now gets. */
export interface ModuleUnit {
  readonly kind: ModuleKind;
  readonly name: string;
  choose(key: string): Version;
}

/** What the code server asks of whoever runs modules, one for each kind. */
export interface ModuleHost {
  readonly kind: ModuleKind;
  /**
   * A module has its first version: from now on instances may start.
   * @throws Error when it cannot run: a service whose `init` throws, a name that is taken
   */
  start(unit: ModuleUnit): void;
  /** No instance is started any more, those that live end. */
  stop(name: string): void;
  instances(name: string): InstanceCursor;
}
