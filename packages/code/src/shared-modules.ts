/** A module of the host that handler modules import as it is, by identity. */
export interface SharedModule {
  /** Its namespace: `import * as it from '...'`. */
  readonly exports: object;
  /** Where a worker thread finds it: `import.meta.resolve('...')`. JavaScript, not TypeScript. */
  readonly url: string;
}

/** By what modules write in `import ... from '...'`. */
export type SharedModules = ReadonlyMap<string, SharedModule>;
