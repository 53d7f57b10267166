import { limits, NameCache, Op, readClientFrames } from '@mailbeam/protocol';
import type { ClientFrameVisitor, NameKind } from '@mailbeam/protocol';
import { Message, ReadRequest } from '../mailbox/request.js';
import type { Traces } from '../traces/traces.js';
import { Call, Signal, Watch } from './frames.js';
import type { Port } from './port.js';

/** A WebSocket message up to this size is copied whole; of a larger one only the bodies. */
const COPY_WHOLE_BYTES = 16_384;
const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * Cuts a WebSocket message into frames and hands each to the port it came through. One for all ports of a node. The
 * socket's bytes are only lent: bodies are copied here, once.
 */
export class Inlet implements ClientFrameVisitor {
  readonly #names = new NameCache();
  /** Hears of every SEND; null: nobody traces. */
  traces: Traces | null = null;
  #port!: Port;
  #bytes = EMPTY;
  #copy: Uint8Array | null = null;

  /** One binary message for `port`; `bytes` need not outlive the call. */
  receive(port: Port, bytes: Uint8Array): void {
    if (port.phase === 'closed' || port.isFaulty || bytes.length === 0) return;
    this.#port = port;
    this.#bytes = bytes;
    const wrong = readClientFrames(bytes, this, this.#names);
    this.#bytes = EMPTY;
    this.#copy = null;
    if (wrong === undefined) return;
    if (port.phase === 'greeting' && wrong.op !== Op.HELLO) port.unauthorized();
    else port.badFrame(wrong.detail);
  }

  hello(token: string, window: number, client: string): void | false {
    return this.#port.onHello(token, window, client);
  }

  send(
    cid: number,
    to: string,
    kind: NameKind,
    bodyStart: number,
    bodyEnd: number,
    ttl: number,
    again: boolean,
  ): void | false {
    if (!this.#port.admits(cid)) return false;
    let message: Message;
    if (this.#bytes.length > COPY_WHOLE_BYTES) {
      const body = this.#bytes.slice(bodyStart, bodyEnd);
      message = new Message(cid, again, to, kind, ttl, body, 0, body.length);
    } else message = new Message(cid, again, to, kind, ttl, (this.#copy ??= this.#bytes.slice()), bodyStart, bodyEnd);
    if (this.traces !== null) this.traces.received(message);
    return this.#port.enqueue(message);
  }

  ack(seq: number): void | false {
    return this.#port.onAck(seq);
  }

  read(cid: number, from: string, origin: number, upTo: number, again: boolean): void | false {
    if (!this.#port.admits(cid)) return false;
    return this.#port.enqueue(new ReadRequest(cid, again, from, origin, upTo));
  }

  signal(peer: string, peerKind: NameKind, bodyStart: number, bodyEnd: number): void | false {
    if (!this.#port.greeted()) return false;
    if (peerKind === 2 || bodyEnd - bodyStart > limits.signalBytes) return;
    return this.#port.enqueue(new Signal(peer, this.#bytes.slice(bodyStart, bodyEnd)));
  }

  watch(users: string[], on: boolean): void | false {
    if (!this.#port.greeted()) return false;
    return this.#port.enqueue(new Watch(users, on));
  }

  call(rid: number, service: string, method: string, argsStart: number, argsEnd: number): void | false {
    if (!this.#port.greeted()) return false;
    return this.#port.enqueue(new Call(rid, service, method, this.#bytes.slice(argsStart, argsEnd)));
  }
}
