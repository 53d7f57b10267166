import type { ClientSocket } from '../port/client-socket.js';

/** What a socket server is told. */
export interface SocketServerOptions<P> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A message over it is closed with 1009, one over twice that is cut off. */
  readonly maxMessageBytes: number;
  /** A peer that has been silent for so long, pings included, is gone: found within 4 s of it. 8 to 960. */
  readonly idleTimeoutSeconds: number;
  /** Over it: HTTP 503 with Retry-After. */
  readonly maxConnections: number;
  /** With those that are no WebSocket yet, or never will be: one more is closed without a word. */
  readonly maxSockets: number;
  /** Whether a web page of this origin may connect to this host. */
  allowsOrigin(origin: string, host: string): boolean;
  /** A WebSocket is open; what is returned stands for it from then on. */
  open(socket: ClientSocket): P;
  /** One binary message; `bytes` are only lent. */
  message(connection: P, bytes: Uint8Array): void;
  drained(connection: P): void;
  closed(connection: P): void;
}

/** A server that listens. */
export interface SocketServer {
  readonly port: number;
  readonly connections: number;
  /** No new connections; those that are open go on. */
  stopAccepting(): void;
  /** Cuts every connection and frees the port. */
  close(): void;
}
