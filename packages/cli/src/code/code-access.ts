import type { CodeProblem, ModuleInfo, Operation } from '@mailbeam/router';
import { AdminRefusal } from '../admin-refusal.js';
import type { AdminAccess } from '../admin-access.js';

/** How a file is loaded; what is left out is the router's to say. */
export interface LoadRequest {
  /** Absolute, or the name of a module. */
  readonly file: string;
  readonly dryRun?: boolean;
  readonly canary?: number;
  readonly gateMs?: number;
  readonly dev?: boolean;
  readonly by?: string;
}

/** The code server of a router, by its admin interface. Every method throws as {@link AdminAccess} does. */
export class CodeAccess {
  readonly #admin: AdminAccess;

  constructor(admin: AdminAccess) {
    this.#admin = admin;
  }

  async load(request: LoadRequest): Promise<Operation> {
    return (await this.#admin.post('/code/load', request)) as Operation;
  }

  async rollback(name: string, by: string): Promise<Operation> {
    return (await this.#admin.post('/code/rollback', { name, by })) as Operation;
  }

  async versions(): Promise<readonly ModuleInfo[]> {
    return ((await this.#admin.get('/code/versions')) as { modules: ModuleInfo[] }).modules;
  }

  /** Newest first. */
  async operations(): Promise<readonly Operation[]> {
    return ((await this.#admin.get('/code/operations')) as { operations: Operation[] }).operations;
  }

  /** An operation as soon as its `seq` is above `afterSeq`, or it has ended, or `waitMs` (at most 20,000) have passed. */
  async operation(id: string, afterSeq: number, waitMs: number): Promise<Operation> {
    const query = `afterSeq=${afterSeq}&waitMs=${waitMs}`;
    return (await this.#admin.get(`/code/operations/${encodeURIComponent(id)}?${query}`, waitMs)) as Operation;
  }
}

/** What the code server refused, or undefined where the error is something else. */
export function problemIn(error: unknown): CodeProblem | undefined {
  if (!(error instanceof AdminRefusal) || error.code === '') return undefined;
  const { detail, retryable, locations } = error.answer as Record<string, unknown>;
  return {
    code: error.code as CodeProblem['code'],
    message: typeof detail === 'string' ? detail : error.message,
    retryable: retryable === true,
    ...(Array.isArray(locations) ? { locations: locations as NonNullable<CodeProblem['locations']> } : {}),
  };
}
