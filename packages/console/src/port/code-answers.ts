/** What the admin port answers about handler modules, as far as the page shows it. Times in ms since the epoch. */

export interface VersionInfo {
  readonly version: string;
  readonly status: 'live' | 'canary' | 'previous' | 'old' | 'quarantined';
  readonly builtIn: boolean;
  readonly instances: number;
  readonly loadedAt: number;
  readonly by: string;
  readonly freedAt?: number;
  readonly reason?: string;
  readonly fault?: string;
  readonly handled: number;
  readonly crashes: number;
  readonly rejects: number;
}

export interface ModuleInfo {
  readonly kind: string;
  readonly name: string;
  readonly live?: string;
  readonly file: string;
  readonly drift: string;
  readonly operation?: string;
  readonly versions: readonly VersionInfo[];
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly locations?: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly lineText: string;
    readonly text: string;
  }[];
}

/** `GET /code/operations` has several. */
export interface Operation {
  readonly id: string;
  readonly what: 'load' | 'rollback' | 'resume';
  readonly phase: string;
  readonly ended: boolean;
  readonly file: string;
  readonly name?: string;
  readonly version?: string;
  readonly from?: string;
  readonly canary: number;
  readonly gateMs: number;
  readonly dryRun: boolean;
  readonly by: string;
  readonly startedAt: number;
  readonly phaseSince: number;
  readonly endedAt?: number;
  readonly moved: number;
  readonly old: number;
  readonly failed: number;
  readonly reason: string;
  readonly problem?: Problem;
  readonly dryRunReport?: {
    readonly instances: number;
    readonly tried: number;
    readonly wouldMove: number;
    readonly wouldThrow: number;
    readonly errors: readonly string[];
    readonly shapes: readonly { readonly before: string; readonly after: string; readonly count: number }[];
  };
}

/** `GET /code/files` */
export interface HandlerFilesAnswer {
  readonly directory: string;
  readonly files: readonly HandlerFile[];
  readonly more: boolean;
}

/** A file in the handlers directory. */
export interface HandlerFile {
  readonly file: string;
  readonly modifiedAt: number;
  readonly state: 'same' | 'changed on disk' | 'not on disk' | 'not loaded' | 'imported';
  readonly module?: string;
  readonly version?: string;
}
