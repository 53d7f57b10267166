import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { encodeWsFrame, WsOp, WsReader } from './ws-frame.js';

/** What a {@link RawConnection} reports. Payload bytes are valid only during the call: copy what must stay. */
export interface RawConnectionEvents {
  /** One binary WebSocket message: one or more Mailbeam frames back to back. */
  onMessage?(payload: Uint8Array): void;
  /** A text message; a router never sends one. */
  onText?(payload: Uint8Array): void;
  /** A WebSocket PING from the server. It has been answered, unless `autoPong` is off. */
  onPing?(payload: Uint8Array): void;
  /** Once, when the connection has ended. `code` is the close code of the server, 1006 when there was none. */
  onClose?(code: number, reason: string): void;
}

export interface RawConnectionOptions extends RawConnectionEvents {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  /** Default `/v1/socket`. */
  readonly path?: string;
  /** The subprotocol offered; '' offers none. Default `mailbeam.v1`. */
  readonly subprotocol?: string;
  /** Further request headers, such as `Origin`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers the server's PINGs by itself. Default true. */
  readonly autoPong?: boolean;
}

/** The server answered the upgrade with another status than 101. */
export class UpgradeRefused extends Error {
  readonly status: number;
  /** Status line and headers as they came. */
  readonly head: string;

  constructor(status: number, head: string) {
    super(`upgrade refused with HTTP ${status}`);
    this.name = 'UpgradeRefused';
    this.status = status;
    this.head = head;
  }
}

/** Every socket reads into this one buffer: its bytes are handled before the next socket is read. */
const readBuffer = Buffer.allocUnsafe(512 * 1024);
const MAX_HEAD_BYTES = 16_384;

/**
 * A WebSocket client as thin as node:net allows, for load, fuzzing and crash tests: no extensions, no queues, no
 * promise a message, and nothing that would hide what the server did. It does not know Mailbeam's frames: read them
 * with `readServerFrames` and write them with `FrameWriter` of @mailbeam/protocol.
 *
 * ```ts
 * const connection = await RawConnection.open({ port, onMessage: (bytes) => readServerFrames(bytes, visitor) });
 * connection.send(writer.take());
 * ```
 */
export class RawConnection {
  private readonly socket: Socket;
  private readonly events: RawConnectionEvents;
  private readonly autoPong: boolean;
  private readonly reader: WsReader;
  private closeCode = 1006;
  private closeReason = '';
  private ended = false;

  private constructor(socket: Socket, options: RawConnectionOptions) {
    this.socket = socket;
    this.events = options;
    this.autoPong = options.autoPong ?? true;
    this.reader = new WsReader(this);
  }

  /**
   * Connects and upgrades. Rejects with {@link UpgradeRefused}, or with the socket's error. Messages that arrive with
   * the answer to the upgrade are reported before the promise's reactions run.
   */
  static open(options: RawConnectionOptions): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      let head = '';
      let connection: RawConnection | undefined;
      const socket = connect({
        host: options.host ?? '127.0.0.1',
        port: options.port,
        noDelay: true,
        onread: {
          buffer: readBuffer,
          callback: (size: number, buffer: Uint8Array) => {
            const bytes = buffer.subarray(0, size);
            if (connection !== undefined) {
              connection.reader.read(bytes);
              return true;
            }
            head += Buffer.from(bytes).toString('latin1');
            const end = head.indexOf('\r\n\r\n');
            if (end < 0 && head.length < MAX_HEAD_BYTES) return true;
            const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
            if (end < 0 || status !== 101) {
              socket.destroy();
              reject(new UpgradeRefused(status, head));
              return false;
            }
            connection = new RawConnection(socket, options);
            resolve(connection);
            const rest = Buffer.from(head.slice(end + 4), 'latin1');
            if (rest.length > 0) connection.reader.read(rest);
            return true;
          },
        },
      });
      socket.on('error', (error) => {
        if (connection === undefined) reject(error);
      });
      socket.on('close', () => {
        if (connection === undefined) reject(new Error('closed before the upgrade was answered'));
        else connection.onSocketClose();
      });
      socket.write(upgradeRequest(options));
    });
  }

  /** False once the connection has ended or {@link destroy} was called. */
  get isOpen(): boolean {
    return !this.ended && !this.socket.destroyed;
  }

  /** Bytes written and not yet taken by the kernel. */
  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  /** Sends one binary WebSocket message. The bytes are copied. Without effect on an ended connection. */
  send(payload: Uint8Array): void {
    if (this.isOpen) this.socket.write(encodeWsFrame(WsOp.BINARY, payload));
  }

  /** Sends a message or control frame of any kind ({@link WsOp}). */
  sendOp(op: number, payload: Uint8Array): void {
    if (this.isOpen) this.socket.write(encodeWsFrame(op, payload));
  }

  /** Sends bytes as they are, below the WebSocket: for broken framing and for clients that trickle. */
  sendRaw(bytes: Uint8Array): void {
    if (this.isOpen) this.socket.write(Buffer.from(bytes));
  }

  /** Stops reading, so that the server's bytes pile up. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Starts the closing handshake; `onClose` follows when the server has closed. */
  close(code = 1000): void {
    const payload = Buffer.allocUnsafe(2);
    payload.writeUInt16BE(code, 0);
    this.sendOp(WsOp.CLOSE, payload);
  }

  /** Ends the connection without a word. `onClose` still follows. */
  destroy(): void {
    this.reader.stop();
    this.socket.destroy();
  }

  /** Ends the connection with a TCP reset: leaves no TIME_WAIT behind. `onClose` still follows. */
  reset(): void {
    this.reader.stop();
    this.socket.resetAndDestroy();
  }

  /** For {@link WsReader}. */
  onWsMessage(op: number, payload: Uint8Array): void {
    if (op === WsOp.BINARY) this.events.onMessage?.(payload);
    else this.events.onText?.(payload);
  }

  /** For {@link WsReader}. */
  onWsControl(op: number, payload: Uint8Array): void {
    if (op === WsOp.PING) {
      if (this.autoPong) this.sendOp(WsOp.PONG, payload);
      this.events.onPing?.(payload);
    } else if (op === WsOp.CLOSE) {
      this.closeCode = payload.length >= 2 ? payload[0]! * 256 + payload[1]! : 1005;
      this.closeReason = Buffer.from(payload.subarray(2)).toString('utf8');
      this.sendOp(WsOp.CLOSE, payload.subarray(0, 2));
      this.socket.end();
    }
  }

  /** For {@link WsReader}. */
  onWsBroken(why: string): void {
    this.closeReason = why;
    this.socket.destroy();
  }

  private onSocketClose(): void {
    if (this.ended) return;
    this.ended = true;
    this.reader.stop();
    this.events.onClose?.(this.closeCode, this.closeReason);
  }
}

function upgradeRequest(options: RawConnectionOptions): string {
  const subprotocol = options.subprotocol ?? 'mailbeam.v1';
  const lines = [
    `GET ${options.path ?? '/v1/socket'} HTTP/1.1`,
    `Host: ${options.host ?? '127.0.0.1'}:${options.port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
  ];
  if (subprotocol !== '') lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  for (const [name, value] of Object.entries(options.headers ?? {})) lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
