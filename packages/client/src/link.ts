import { mayReconnect } from '@mailbeam/protocol';
import { backoffMs } from './backoff.js';
import { Connection } from './connection.js';
import { MailbeamError } from './errors.js';
import type { ResolvedOptions } from './options.js';

/** Why a client is closed for good. */
export type ClosedReason =
  /** `client.close()`. */
  | 'closed'
  /** Close 4000: the router found a frame of this client bad. */
  | 'bad_frame'
  /** Close 4001: the token is not good. */
  | 'unauthorized'
  /** Close 4003: the same user connected elsewhere. */
  | 'replaced'
  /** The saved state could not be opened, or belongs to another user. */
  | 'state'
  /** The platform has no WebSocket. */
  | 'no_web_socket';

/** WELCOME has come. `pending`: how many messages wait for this user. */
export interface OpenState {
  readonly name: 'open';
  readonly user: string;
  readonly session: string;
  readonly pending: number;
}

/** How the client stands to its router. */
export type ClientState =
  | { readonly name: 'connecting' }
  | OpenState
  | { readonly name: 'waiting'; readonly retryInMs: number; readonly code: number; readonly reason: string }
  | { readonly name: 'closed'; readonly reason: ClosedReason; readonly error: Error | undefined };

/** What the link tells its owner. */
export interface LinkOwner {
  /** The socket is open: say HELLO. */
  dialled(token: string): void;
  received(bytes: Uint8Array): void;
  /** The connection has ended, if one was there; another follows. */
  lost(): void;
  /** The router ended it for good. */
  refused(reason: ClosedReason, detail: string): void;
  changed(state: ClientState): void;
  /** An attempt failed before it reached the network. */
  failed(error: unknown): void;
}

const refusals: Readonly<Record<number, ClosedReason>> = { 4000: 'bad_frame', 4001: 'unauthorized', 4003: 'replaced' };

/**
 * Keeps a connection: dials, waits between attempts with exponential back-off and full jitter, or as long as GOODBYE
 * says, and stops after 4000, 4001 and 4003 (protocol, "Reconnect").
 */
export class Link {
  private readonly options: ResolvedOptions;
  private readonly owner: LinkOwner;
  private connection: Connection | undefined;
  private attempt = 0;
  /** When WELCOME came; undefined before. */
  private openSince: number | undefined;
  private goodbye: { retryAfterMs: number } | undefined;
  /** Where GOODBYE sent us, for one attempt. */
  private location: string | undefined;
  private lastError = '';
  private cancelTimer: (() => void) | undefined;
  private lastHeard = 0;
  private cancelAnswerTimer: (() => void) | undefined;
  private ended = false;

  constructor(options: ResolvedOptions, owner: LinkOwner) {
    this.options = options;
    this.owner = owner;
  }

  /** Whether new frames may be sent: WELCOME has come and GOODBYE has not. */
  get usable(): boolean {
    return this.openSince !== undefined && this.goodbye === undefined;
  }

  /** Whether WELCOME has come on this connection. */
  get open(): boolean {
    return this.openSince !== undefined;
  }

  /** The first attempt, or the next at once. */
  dial(): void {
    if (this.ended) return;
    this.cancelTimer?.();
    this.owner.changed({ name: 'connecting' });
    this.cancelTimer = this.options.clock.timer(this.options.connectTimeoutMs, () => this.drop('no WELCOME in time'));
    const { token } = this.options;
    if (typeof token === 'string') this.connect(token);
    else this.connectWith(token);
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.connection?.send(bytes);
  }

  /** While answers are due, a connection on which nothing at all is heard is dead, whatever the socket says. */
  watchAnswers(due: { readonly inFlightCount: number }): void {
    if (this.cancelAnswerTimer !== undefined || !this.open || due.inFlightCount === 0) return;
    const { connection } = this;
    const { clock, answerTimeoutMs } = this.options;
    const since = clock.now();
    this.cancelAnswerTimer = clock.timer(answerTimeoutMs, () => {
      this.cancelAnswerTimer = undefined;
      if (this.connection === connection && due.inFlightCount > 0 && this.lastHeard < since) {
        this.drop(`no answer for ${answerTimeoutMs} ms`);
      } else {
        this.watchAnswers(due);
      }
    });
  }

  /** WELCOME has come. */
  welcomed(state: OpenState): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.openSince = this.options.clock.now();
    this.owner.changed(state);
  }

  /** GOODBYE has come: nothing new is sent; the router closes, or this side after a while. */
  leave(retryAfterMs: number, location: string): void {
    this.goodbye = { retryAfterMs };
    this.location = this.mayGoTo(location);
    this.cancelTimer?.();
    this.cancelTimer = this.options.clock.timer(5000, () => this.drop('the router said GOODBYE'));
  }

  /** ERROR has come: it may tell why a close follows. */
  heardError(code: string, detail: string): void {
    this.lastError = `${code}: ${detail}`;
  }

  /** Ends the connection from this side and tries again, as after a loss. */
  drop(reason: string, code = 1000): void {
    this.connection?.close(code, reason.slice(0, 100));
    this.onClose(1006, reason);
  }

  /** Ends it for good. */
  end(): void {
    this.ended = true;
    this.cancelTimer?.();
    this.cancelAnswerTimer?.();
    this.connection?.close();
    this.connection = undefined;
    this.openSince = undefined;
  }

  private connectWith(getToken: () => Promise<string>): void {
    const { attempt } = this;
    getToken().then(
      (token) => {
        if (!this.ended && this.attempt === attempt && this.connection === undefined) this.connect(token);
      },
      (error: unknown) => {
        this.owner.failed(error);
        if (!this.ended && this.attempt === attempt) this.onClose(1006, 'no token');
      },
    );
  }

  private connect(token: string): void {
    const { webSocket, url } = this.options;
    const target = this.location ?? url;
    this.location = undefined;
    if (webSocket === undefined) {
      this.owner.refused('no_web_socket', 'this platform has no WebSocket');
      return;
    }
    try {
      this.connection = new Connection(webSocket, target, {
        onOpen: () => this.owner.dialled(token),
        onBytes: (bytes) => this.onBytes(bytes),
        onClose: (code, reason, retryAfterMs) => this.onClose(code, reason, retryAfterMs),
      });
    } catch (error) {
      this.owner.failed(error);
      this.onClose(1006, 'the WebSocket could not be made');
    }
  }

  private onBytes(bytes: Uint8Array): void {
    this.lastHeard = this.options.clock.now();
    this.owner.received(bytes);
  }

  private onClose(code: number, reason: string, retryAfterMs = 0): void {
    if (this.ended) return;
    this.cancelTimer?.();
    const { clock, random, reconnect } = this.options;
    const stable = this.openSince !== undefined && clock.now() - this.openSince >= reconnect.stableMs;
    const { goodbye, lastError } = this;
    this.connection = undefined;
    this.openSince = undefined;
    this.goodbye = undefined;
    this.lastError = '';
    this.owner.lost();
    const detail = lastError === '' ? reason : lastError;
    if (!mayReconnect(code)) {
      this.owner.refused(refusals[code] ?? 'bad_frame', detail);
      return;
    }
    if (stable || goodbye !== undefined) this.attempt = 0;
    const backoff = backoffMs(this.attempt, reconnect, random());
    const retryInMs = goodbye?.retryAfterMs ?? retryAfterMs + backoff;
    this.attempt++;
    this.cancelTimer = clock.timer(retryInMs, () => this.dial());
    this.owner.changed({ name: 'waiting', retryInMs, code, reason: detail });
  }

  /** A place that GOODBYE names: never from an encrypted connection to one that is not. */
  private mayGoTo(location: string): string | undefined {
    if (location === '') return undefined;
    try {
      const to = new URL(location);
      if (to.protocol === 'wss:' || (to.protocol === 'ws:' && this.options.url.startsWith('ws:'))) return to.href;
      throw new MailbeamError('invalid_argument', 'not a WebSocket address, or less safe than this one', false);
    } catch (error) {
      this.owner.failed(error);
      return undefined;
    }
  }
}
