import WebSocket from 'ws';
import type { Platform, SocketConstructor } from './platform.js';

/** `ws` without compression: most messages are small, and a deflate context for each connection is not. */
class NodeSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 });
  }
}

const own = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;

/** Node: its own `WebSocket` where it has one (22 and newer), else `ws`. */
export const platform: Platform = {
  webSocket: own ?? NodeSocket,
  turn: (fn) => void setImmediate(fn),
};
