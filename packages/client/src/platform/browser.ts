import type { Platform, SocketConstructor } from './platform.js';

const waiting: (() => void)[] = [];
// A message to oneself is not held to a browser's least time of a timer, nor slowed in a hidden tab.
let channel: MessageChannel | undefined;

function turn(fn: () => void): void {
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  waiting.push(fn);
  channel.port2.postMessage(0);
}

/** A browser, or whatever else has the standard `WebSocket`. */
export const platform: Platform = {
  webSocket: (globalThis as { WebSocket?: unknown }).WebSocket as SocketConstructor | undefined,
  turn,
};
