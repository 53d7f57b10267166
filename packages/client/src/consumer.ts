import type { Clock } from './clock.js';
import { handlerRetryMs } from './backoff.js';
import { ConsumerError } from './errors.js';
import type { Message } from './message.js';

/** Where a consumer gets its messages, one at a time. */
export interface MessageSource {
  /** The next message, which then is in hand; undefined where none is waiting. */
  take(): Message | undefined;
  /** The message in hand is processed. */
  processed(): void;
  /** The message in hand is given back unprocessed. */
  putBack(): void;
}

/** Who takes the messages: a callback, or an iterator. */
export interface Consumer {
  /** A message may be waiting. */
  wake(): void;
  /** Hands out nothing more. A loop ends, with `error` where there is one; a handler that runs is left to finish. */
  end(error?: Error): void;
  /** Settles when no handler runs. */
  rest(): Promise<void>;
}

/** What happened when a handler threw. */
export interface HandlerFailure {
  readonly message: Message;
  readonly error: unknown;
  /** How often this message was handled, 1 at the first. */
  readonly attempt: number;
  /** When it is handled again, milliseconds from now. */
  readonly retryInMs: number;
}

/**
 * Gives each message to a callback and counts it as processed when the callback has settled. One that throws is given
 * the message again after 1, 2, 4 s, then every 4 s; later messages wait.
 */
export class CallbackConsumer implements Consumer {
  private readonly source: MessageSource;
  private readonly handler: (message: Message) => Promise<void> | void;
  private readonly clock: Clock;
  private readonly onFailure: (failure: HandlerFailure) => void;
  private busy = false;
  private ended = false;
  private cancelRetry: (() => void) | undefined;
  private resting: (() => void)[] = [];

  constructor(
    source: MessageSource,
    handler: (message: Message) => Promise<void> | void,
    clock: Clock,
    onFailure: (failure: HandlerFailure) => void,
  ) {
    this.source = source;
    this.handler = handler;
    this.clock = clock;
    this.onFailure = onFailure;
  }

  wake(): void {
    if (this.busy || this.ended) return;
    const message = this.source.take();
    if (message === undefined) return;
    this.busy = true;
    this.handle(message, 1);
  }

  end(): void {
    this.ended = true;
    if (this.cancelRetry !== undefined) this.rested();
    this.cancelRetry?.();
  }

  rest(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.resting.push(resolve));
  }

  private handle(message: Message, attempt: number): void {
    // In a function, so that a handler that throws without a promise is caught too.
    const run = async (): Promise<void> => this.handler(message);
    run().then(
      () => this.done(),
      (error: unknown) => this.failed(message, attempt, error),
    );
  }

  private done(): void {
    this.source.processed();
    this.rested();
    this.wake();
  }

  private failed(message: Message, attempt: number, error: unknown): void {
    const retryInMs = handlerRetryMs(attempt - 1);
    if (this.ended) {
      this.rested();
    } else {
      this.cancelRetry = this.clock.timer(retryInMs, () => {
        this.cancelRetry = undefined;
        this.handle(message, attempt + 1);
      });
    }
    this.onFailure({ message, error, attempt, retryInMs });
  }

  private rested(): void {
    this.busy = false;
    for (const resolve of this.resting.splice(0)) resolve();
  }
}

interface Waiter {
  readonly resolve: (result: IteratorResult<Message>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Gives messages to a `for await` loop. A message counts as processed when the loop asks for the next; one that the
 * loop left at (`break`, `return`, a throw) does not, and is given again to the next loop.
 */
export class IteratorConsumer implements Consumer, AsyncIterableIterator<Message> {
  private readonly source: MessageSource;
  private readonly onReturn: () => void;
  private holds = false;
  private ended = false;
  private error: Error | undefined;
  private waiter: Waiter | undefined;

  constructor(source: MessageSource, onReturn: () => void) {
    this.source = source;
    this.onReturn = onReturn;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Message>> {
    if (this.waiter !== undefined) {
      return Promise.reject(new ConsumerError('next() was called while an earlier next() waits'));
    }
    this.release();
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject };
      if (this.ended) this.finish();
      else this.wake();
    });
  }

  return(): Promise<IteratorResult<Message>> {
    if (this.holds) this.source.putBack();
    this.holds = false;
    this.end();
    this.onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  wake(): void {
    if (this.waiter === undefined || this.ended) return;
    const message = this.source.take();
    if (message === undefined) return;
    const { waiter } = this;
    this.waiter = undefined;
    this.holds = true;
    waiter.resolve({ done: false, value: message });
  }

  end(error?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.error = error;
    this.finish();
  }

  rest(): Promise<void> {
    // The loop decides when it asks for the next; nobody waits for it.
    return Promise.resolve();
  }

  private finish(): void {
    const { waiter, error } = this;
    this.waiter = undefined;
    this.error = undefined;
    if (error === undefined || waiter === undefined) {
      this.error = error;
      waiter?.resolve({ done: true, value: undefined });
    } else {
      waiter.reject(error);
    }
  }

  private release(): void {
    if (!this.holds) return;
    this.holds = false;
    this.source.processed();
  }
}
