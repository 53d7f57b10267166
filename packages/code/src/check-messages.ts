import type { ModuleDescription } from '@mailbeam/handler';

/** What the thread of a check is started with. */
export interface CheckData {
  readonly code: string;
  /** What the bundle is called in stack traces. */
  readonly file: string;
  /** What it requires of the host, and where the thread finds it: nothing for what it finds itself. */
  readonly shared: readonly (readonly [id: string, url: string])[];
}

/** To the thread, once it has said `checked`. */
export interface MigrateRequest {
  readonly from: string;
  readonly states: readonly unknown[];
}

export type CheckStage = 'loading' | 'self_test';

/** From the thread. */
export type CheckMessage =
  | { readonly type: 'stage'; readonly stage: CheckStage }
  | { readonly type: 'checked'; readonly description: ModuleDescription }
  | { readonly type: 'bad_module'; readonly problems: readonly string[] }
  | { readonly type: 'threw'; readonly stage: CheckStage; readonly message: string }
  | { readonly type: 'migrated'; readonly migration: Migration };

/** What `codeChange` made of copies of states. */
export interface Migration {
  readonly moved: number;
  readonly threw: number;
  readonly errors: readonly string[];
  readonly shapes: readonly { readonly before: string; readonly after: string; readonly count: number }[];
}
