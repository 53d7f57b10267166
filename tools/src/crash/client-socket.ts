import { FrameWriter, NameCache, readServerFrames, SUBPROTOCOL } from '@mailbeam/protocol';
import type { ServerFrameVisitor } from '@mailbeam/protocol';
import { WebSocket } from 'ws';
import { readBody } from './body.js';

/** What a client hears from one of its sockets. */
export interface ClientSocketEvents {
  opened(socket: ClientSocket): void;
  welcome(socket: ClientSocket, origin: number, lastCid: number, pending: number): void;
  accepted(socket: ClientSocket, cid: number): void;
  rejected(socket: ClientSocket, cid: number, code: string): void;
  deliver(socket: ClientSocket, seq: number, from: string, origin: number, cid: number, ts: number, id: number): void;
  receipt(
    socket: ClientSocket,
    seq: number,
    peer: string,
    kind: number,
    origin: number,
    cid: number,
    code: string,
    upTo: number,
  ): void;
  error(socket: ClientSocket, code: string, detail: string): void;
  goodbye(socket: ClientSocket, reason: string): void;
  closed(socket: ClientSocket, code: number): void;
}

const names = new NameCache(1024);

/** One WebSocket: frames written in a turn leave in one message at its end. After `end` nothing is heard but `closed`. */
export class ClientSocket implements ServerFrameVisitor {
  /** Numbers the connections of one user from 1. */
  readonly conn: number;
  readonly writer = new FrameWriter();
  readonly #events: ClientSocketEvents;
  readonly #socket: WebSocket;
  #bytes: Uint8Array = new Uint8Array(0);
  #flushing = false;
  #ended = false;

  constructor(url: string, conn: number, events: ClientSocketEvents) {
    this.conn = conn;
    this.#events = events;
    this.#socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false, handshakeTimeout: 5000 });
    this.#socket.binaryType = 'nodebuffer';
    this.#socket.on('open', () => {
      if (!this.#ended) events.opened(this);
    });
    this.#socket.on('message', (data: Buffer) => this.#read(data));
    this.#socket.on('close', (code) => {
      this.#ended = true;
      events.closed(this, code);
    });
    // 'close' follows and says all that matters.
    this.#socket.on('error', () => undefined);
  }

  /** Sends what the writer holds at the end of this turn. Call it after writing. */
  flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.flush();
    });
  }

  flush(): void {
    const bytes = this.writer.take();
    if (bytes.length > 0 && this.#socket.readyState === WebSocket.OPEN && !this.#ended) this.#socket.send(bytes);
  }

  /** Stops reading for `ms`. */
  pause(ms: number): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), ms);
  }

  /** Ends the connection, with a close frame or without. */
  end(politely: boolean): void {
    this.#ended = true;
    if (this.#socket.isPaused) this.#socket.resume();
    if (politely && this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    else this.#socket.terminate();
  }

  #read(data: Buffer): void {
    if (this.#ended) return;
    this.#bytes = data;
    const fault = readServerFrames(data, this, names);
    if (fault !== undefined) this.#events.error(this, 'unreadable', JSON.stringify(fault));
  }

  welcome(_user: string, _session: string, origin: number, lastCid: number, pending: number): void | false {
    this.#events.welcome(this, origin, lastCid, pending);
    return this.#goOn();
  }

  accepted(cid: number): void | false {
    this.#events.accepted(this, cid);
    return this.#goOn();
  }

  rejected(cid: number, code: string): void | false {
    this.#events.rejected(this, cid, code);
    return this.#goOn();
  }

  deliver(
    seq: number,
    from: string,
    origin: number,
    cid: number,
    ts: number,
    start: number,
    end: number,
  ): void | false {
    this.#events.deliver(this, seq, from, origin, cid, ts, readBody(this.#bytes, start, end));
    return this.#goOn();
  }

  receipt(
    seq: number,
    peer: string,
    kind: number,
    origin: number,
    cid: number,
    _ts: number,
    code: string,
    upTo: number,
  ): void | false {
    this.#events.receipt(this, seq, peer, kind, origin, cid, code, upTo);
    return this.#goOn();
  }

  signal(): void {}
  presence(): void {}
  reply(): void {}

  error(code: string, detail: string): void {
    this.#events.error(this, code, detail);
  }

  goodbye(reason: string): void {
    this.#events.goodbye(this, reason);
  }

  #goOn(): void | false {
    return this.#ended ? false : undefined;
  }
}
