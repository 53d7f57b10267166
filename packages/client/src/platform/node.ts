import WebSocket from 'ws';
import type { Platform, SocketConstructor } from './platform.js';

/** `ws` without compression: most messages are small, and a deflate context for each connection is not. */
class NodeSocket extends WebSocket {
  /** What `Retry-After` said where the router refused the upgrade, milliseconds. */
  retryAfterMs: number | undefined;

  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 });
    this.once('unexpected-response', (_request, response) => {
      const seconds = Number(response.headers['retry-after']);
      if (seconds > 0) this.retryAfterMs = seconds * 1000;
      response.resume();
      // Who listens to this event has to end the attempt; `close` follows.
      this.terminate();
    });
  }
}

const own = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;

/** Node: its own `WebSocket` where it has one (22 and newer), else `ws`. */
export const platform: Platform = {
  webSocket: own ?? NodeSocket,
  turn: (fn) => void setImmediate(fn),
};
