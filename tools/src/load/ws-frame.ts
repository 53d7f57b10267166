/**
 * WebSocket frames (RFC 6455, section 5), as far as a client of a Mailbeam router needs them: no extensions, messages
 * written in one frame, messages read in one or more.
 *
 *     0        1        2..3 | 2..9       + 4 (client to server only)
 *     FIN+op   M+len7   len16 | len64     mask key        payload
 */

export const WsOp = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;

/** What a {@link WsReader} calls, in the order of the bytes. The bytes are valid only during the call. */
export interface WsReaderEvents {
  /** A whole message; `op` is TEXT or BINARY. */
  onWsMessage(op: number, payload: Uint8Array): void;
  /** A control frame; `op` is CLOSE, PING or PONG. */
  onWsControl(op: number, payload: Uint8Array): void;
  /** The peer broke the framing: nothing more is read. */
  onWsBroken(why: string): void;
}

/**
 * One message as one frame with an all-zero mask key. The key is legal on the wire and the server unmasks all the same;
 * a load client need not pay for an XOR that hides nothing on the loopback.
 */
export function encodeWsFrame(op: number, payload: Uint8Array): Buffer {
  const size = payload.length;
  const headerBytes = (size < 126 ? 2 : size < 65_536 ? 4 : 10) + 4;
  const frame = Buffer.allocUnsafe(headerBytes + size);
  frame[0] = 0x80 | op;
  if (size < 126) {
    frame[1] = 0x80 | size;
  } else if (size < 65_536) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeUInt32BE(Math.floor(size / 4_294_967_296), 2);
    frame.writeUInt32BE(size % 4_294_967_296, 6);
  }
  frame.fill(0, headerBytes - 4, headerBytes);
  frame.set(payload, headerBytes);
  return frame;
}

const NOTHING = new Uint8Array(0);

/** Cuts what a server, or a client, sends into messages. Keeps only what a read left unfinished. */
export class WsReader {
  private carry: Uint8Array = NOTHING;
  private fragments: Uint8Array[] = [];
  private fragmentOp = 0;
  private stopped = false;
  private readonly events: WsReaderEvents;
  private readonly maskBytes: number;

  /** @param sender whose bytes these are; a client masks its frames */
  constructor(events: WsReaderEvents, sender: 'server' | 'client' = 'server') {
    this.events = events;
    this.maskBytes = sender === 'client' ? 4 : 0;
  }

  /** Nothing is delivered after this call; for a connection that ended within a callback. */
  stop(): void {
    this.stopped = true;
  }

  /** `bytes` may be overwritten after the call. */
  read(bytes: Uint8Array): void {
    const input = this.carry.length === 0 ? bytes : concat(this.carry, bytes);
    let at = 0;
    while (!this.stopped) {
      const left = input.length - at;
      if (left < 2) break;
      const first = input[at]!;
      const second = input[at + 1]!;
      let size = second & 0x7f;
      let header = 2;
      if (size === 126) {
        header = 4;
        if (left < header) break;
        size = input[at + 2]! * 256 + input[at + 3]!;
      } else if (size === 127) {
        header = 10;
        if (left < header) break;
        size = uint64(input, at + 2);
      }
      if (second >> 7 !== this.maskBytes >> 2 || (first & 0x70) !== 0) {
        this.stopped = true;
        this.events.onWsBroken(
          `the ${this.maskBytes > 0 ? 'client did not mask' : 'server masked'} a frame or set a reserved bit`,
        );
        break;
      }
      header += this.maskBytes;
      if (left < header + size) break;
      const payload = input.subarray(at + header, at + header + size);
      this.take(first, this.maskBytes > 0 ? unmask(payload, input.subarray(at + header - 4, at + header)) : payload);
      at += header + size;
    }
    this.carry = at === input.length || this.stopped ? NOTHING : Uint8Array.from(input.subarray(at)); // slice of a Buffer is a view
  }

  private take(first: number, payload: Uint8Array): void {
    const op = first & 0x0f;
    if (op >= 8) return this.events.onWsControl(op, payload);
    const last = (first & 0x80) !== 0;
    if (last && op !== WsOp.CONTINUATION) return this.events.onWsMessage(op, payload);
    if (op !== WsOp.CONTINUATION) this.fragmentOp = op;
    this.fragments.push(Uint8Array.from(payload));
    if (!last) return;
    const whole = Buffer.concat(this.fragments);
    this.fragments = [];
    this.events.onWsMessage(this.fragmentOp, whole);
  }
}

function unmask(payload: Uint8Array, key: Uint8Array): Uint8Array {
  return payload.map((byte, i) => byte ^ key[i & 3]!);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = Buffer.allocUnsafe(a.length + b.length);
  both.set(a, 0);
  both.set(b, a.length);
  return both;
}

function uint64(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) value = value * 256 + bytes[at + i]!;
  return value;
}
