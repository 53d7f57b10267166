import type { ModuleKind } from '@mailbeam/handler';
import type { CodeEvent } from './code-event.js';
import type { Requirable } from './evaluate.js';
import type { LiveModule } from './live-module.js';
import type { ModuleHost } from './module-host.js';
import type { Operations } from './operations.js';
import type { ResolvedOptions } from './options.js';
import type { VersionLoader } from './version-loader.js';
import type { VersionStore } from './version-store.js';

/** What the steps of the code server share. */
export interface ServerParts {
  readonly options: ResolvedOptions;
  /** The real path of the handlers directory. */
  readonly handlers: string;
  readonly hosts: ReadonlyMap<ModuleKind, ModuleHost>;
  readonly store: VersionStore;
  readonly operations: Operations;
  readonly loader: VersionLoader;
  readonly shared: Requirable;
  /** Modules that run, by name. */
  readonly modules: Map<string, LiveModule>;
  /** Aborted when the server closes. */
  readonly signal: AbortSignal;
  /** To the audit log and to whoever listens. */
  readonly tell: (event: Omit<CodeEvent, 'at'>) => void;
}
