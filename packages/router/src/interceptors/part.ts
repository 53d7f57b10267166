import type { MoveOutcome, Version } from '@mailbeam/code';
import type { Interceptor } from '@mailbeam/handler';

export type InterceptorVersion = Version<Interceptor>;

/** What one connection has of one interceptor: a version and a state. */
export class Part {
  readonly user: string;
  readonly name: string;
  version: InterceptorVersion;
  state: unknown;
  /** It waits for a promise: what is to be done with it waits too. */
  #busy = false;
  #waiting: (() => void)[] | null = null;
  #ended = false;

  /** @throws what `init` throws */
  constructor(user: string, version: InterceptorVersion) {
    this.user = user;
    this.name = version.name;
    this.version = version;
    this.state = version.module.init?.({ user });
    version.stats.instances++;
  }

  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.version.stats.instances--;
    this.settled();
  }

  busy(): void {
    this.#busy = true;
  }

  settled(): void {
    this.#busy = false;
    const waiting = this.#waiting;
    this.#waiting = null;
    for (const run of waiting ?? []) run();
  }

  /** Takes another version between two messages. */
  move(to: InterceptorVersion, done: (outcome: MoveOutcome) => void): void {
    if (this.#busy) {
      (this.#waiting ??= []).push(() => this.move(to, done));
      return;
    }
    if (this.#ended) {
      done({ moved: false, reason: 'gone' });
      return;
    }
    try {
      if (to.module.codeChange !== undefined) this.state = to.module.codeChange(this.state, this.version.version);
    } catch (error) {
      done({ moved: false, reason: 'threw', error });
      return;
    }
    this.version.stats.instances--;
    to.stats.instances++;
    this.version = to;
    done({ moved: true });
  }
}
