import type { ModuleKind } from '@mailbeam/handler';
import type { Operation } from './operation.js';

/** What happened, for the log, the audit log and alerts. `text` says it in words. */
export interface CodeEvent {
  /** Wall clock, ms since the epoch. */
  readonly at: number;
  readonly event:
    | 'started' // a module runs again what was live
    | 'not_started' // it could not; the version before it may run instead
    | 'drift' // what is live is not what lies on the disk
    | 'load' // asked for
    | 'rollback' // asked for, by a person
    | 'refused' // a request that did not become an operation
    | 'moving' // the new version begins to take over
    | 'gate' // what the gate decided, or that it takes longer
    | 'kept'
    | 'rolled_back'
    | 'failed'
    | 'checked' // a dry run
    | 'died' // a version took the node down
    | 'quarantined'
    | 'freed'; // the memory of a version
  readonly text: string;
  /** Whether a person should look at it. */
  readonly level: 'info' | 'warn' | 'error';
  readonly kind?: ModuleKind;
  readonly name?: string;
  readonly version?: string;
  readonly from?: string;
  readonly by?: string;
  readonly operation?: Operation['id'];
}
