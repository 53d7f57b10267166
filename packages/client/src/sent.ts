import { Emitter } from './emitter.js';
import type { Unsubscribe } from './emitter.js';
import type { FailedError } from './errors.js';

/** The router has taken a message: from now on it is answerable for it. */
export interface Accepted {
  readonly cid: number;
  /** When, by the router's clock: milliseconds since the Unix epoch. */
  readonly ts: number;
}

/** What happens to a message after it was accepted. */
export interface SentEvents {
  /** The recipient's client has processed it. */
  delivered: { readonly ts: number };
  /** The person has read it. `delivered` came before. */
  read: { readonly ts: number };
  /** It will not be delivered. Wins over a `delivered` that came before. */
  failed: FailedError;
}

/**
 * A message on its way: a promise of its acceptance, and events for what comes later.
 *
 * Settles with `Accepted`, or rejects with `RejectedError` (the router refused it), `FailedError` (it ended before it
 * was accepted), `OutboxFullError`, `ArgumentError` or `ClosedError`. A rejection that nobody handles does not end the
 * program: the client's events `rejected` and `failed` tell of it too.
 *
 * ```ts
 * const sent = client.send('bob', 'hello');
 * sent.on('delivered', () => show('two ticks'));
 * const { cid } = await sent;
 * ```
 */
export class Sent implements Promise<Accepted> {
  readonly [Symbol.toStringTag] = 'Sent';
  /** The recipient. */
  readonly to: string;
  private readonly events = new Emitter<SentEvents>();
  private readonly answer: Promise<Accepted>;
  private resolve!: (accepted: Accepted) => void;
  private reject!: (error: Error) => void;

  /** @internal Made by `client.send`. */
  constructor(to: string) {
    this.to = to;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Handled here so that fire-and-forget sends do not end the program; whoever awaits sees it all the same.
    this.answer.catch(ignoreRejection);
  }

  /** Calls `listener` when it happens; at most once each. */
  on<Name extends keyof SentEvents>(name: Name, listener: (event: SentEvents[Name]) => void): Unsubscribe {
    return this.events.on(name, listener);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- being awaited is its purpose
  then<A = Accepted, B = never>(
    onAccepted?: ((accepted: Accepted) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.answer.then(onAccepted, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Accepted | B> {
    return this.answer.catch(onRejected);
  }

  finally(onSettled?: (() => void) | null): Promise<Accepted> {
    return this.answer.finally(onSettled);
  }

  /** @internal */
  settle(outcome: Accepted | Error): void {
    if (outcome instanceof Error) this.reject(outcome);
    else this.resolve(outcome);
  }

  /** @internal */
  emit<Name extends keyof SentEvents>(name: Name, event: SentEvents[Name]): void {
    this.events.emit(name, event);
  }
}

function ignoreRejection(): void {
  // See the constructor.
}
