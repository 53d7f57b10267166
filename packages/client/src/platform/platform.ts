/** The part of the standard `WebSocket` that the client uses. */
export interface SocketLike {
  binaryType: string;
  /** Set before `close` where the answer to the upgrade said how long to wait, milliseconds. Browsers do not tell. */
  readonly retryAfterMs?: number | undefined;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** A constructor like that of the standard `WebSocket`. */
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** What differs between Node and a browser, beside the stores of state. */
export interface Platform {
  /** The WebSocket to use where the application names none; undefined where there is none. */
  readonly webSocket: SocketConstructor | undefined;
  /** Calls `fn` soon, after what is waiting in the event loop now: frames made until then travel together. */
  readonly turn: (fn: () => void) => void;
}
