import type { CommitLoop } from '../commit/commit-loop.js';
import type { Rejection, Request } from './request.js';
import { rejectAtOnce } from './resend.js';

/** Rejects SENDs and READs, and counts them. A resend that gets the answer it had is not counted again. */
export class Rejections {
  readonly #commits: CommitLoop;
  readonly #counts = new Map<string, number>();

  constructor(commits: CommitLoop) {
    this.#commits = commits;
  }

  /** How many since the start, by code. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Rejects a request once that is on disk. @param peer to whom nothing later of its sender leaves before */
  reject(request: Request, rejection: Rejection, peer: string): void {
    this.#count(rejection);
    this.#commits.reject(request, rejection, peer);
  }

  /** Rejects a request for what its bytes are: a resend gets the same answer without anything being remembered. */
  rejectAtOnce(request: Request, rejection: Rejection): void {
    this.#count(rejection);
    rejectAtOnce(request, rejection);
  }

  #count({ code }: Rejection): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }
}
