import { SUBPROTOCOL } from '@mailbeam/protocol';
import type { SocketConstructor, SocketLike } from './platform/platform.js';

/** What a connection tells its owner. Nothing is told after `close` was called, or after `onClose`. */
export interface ConnectionOwner {
  onOpen(): void;
  onBytes(bytes: Uint8Array): void;
  /**
   * @param code the WebSocket's close code; 1006 where there was none
   * @param retryAfterMs how long the router wants us to wait, where it refused the upgrade and said so
   */
  onClose(code: number, reason: string, retryAfterMs?: number): void;
}

/** One WebSocket, from dialling to its end, which it tells once. */
export class Connection {
  private readonly socket: SocketLike;
  private owner: ConnectionOwner | undefined;

  /** Dials. Throws what the constructor throws. */
  constructor(webSocket: SocketConstructor, url: string, owner: ConnectionOwner) {
    this.owner = owner;
    this.socket = new webSocket(url, [SUBPROTOCOL]);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => this.owner?.onOpen();
    this.socket.onmessage = ({ data }: { data: unknown }) => this.onData(data);
    this.socket.onclose = ({ code, reason }: { code: number; reason: string }) => this.ended(code, reason);
    // `close` follows an error; what it says is in no error event of a browser.
    this.socket.onerror = () => undefined;
  }

  /** Sends a WebSocket message. The bytes must not change afterwards. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    try {
      this.socket.send(bytes);
    } catch {
      // The socket is closing: its `close` event tells.
    }
  }

  /** Ends the connection; `onClose` is not called. */
  close(code = 1000, reason = ''): void {
    this.owner = undefined;
    try {
      this.socket.close(code, reason);
    } catch {
      // It never opened.
    }
  }

  private onData(data: unknown): void {
    if (data instanceof Uint8Array) this.owner?.onBytes(data);
    else if (typeof data === 'object') this.owner?.onBytes(new Uint8Array(data as ArrayBuffer));
    else this.fail('a text message came');
  }

  private fail(reason: string): void {
    const { owner } = this;
    this.close(4000, reason);
    owner?.onClose(1003, reason);
  }

  private ended(code: number, reason: string): void {
    const { owner } = this;
    this.owner = undefined;
    owner?.onClose(code, reason, this.socket.retryAfterMs);
  }
}
