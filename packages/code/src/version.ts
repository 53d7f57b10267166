import type { ModuleKind } from '@mailbeam/handler';
import type { VersionStats } from './version-stats.js';

/** One version of a module that may have instances. One object as long as it is loaded, so that it can be compared by identity. */
export interface Version<M = unknown> {
  readonly kind: ModuleKind;
  readonly name: string;
  readonly version: string;
  /** The module's default export. Whoever keeps it beyond its last instance keeps the memory of the version. */
  readonly module: M;
  /** The compiled bundle, an absolute path: what a worker of `offload` loads. */
  readonly bundle: string;
  readonly stats: VersionStats;
}
