import { FrameWriter, limits, NameCache, readClientFrames } from '@mailbeam/protocol';
import type { ClientFrameVisitor, Op, WelcomeLimits } from '@mailbeam/protocol';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/** A frame that a client sent, as plain data. */
export interface Heard {
  readonly op: keyof typeof Op;
  readonly cid?: number;
  readonly to?: string;
  readonly body?: string;
  readonly ttl?: number;
  readonly again?: boolean;
  readonly seq?: number;
  readonly origin?: number;
  readonly upTo?: number;
  readonly token?: string;
  readonly client?: string;
  readonly window?: number;
  readonly users?: string[];
  readonly on?: boolean;
  readonly rid?: number;
  readonly service?: string;
  readonly method?: string;
}

/** The end of one connection at a scripted peer: it does nothing by itself. */
export class PeerConnection {
  /** All frames that came, in order. */
  readonly heard: Heard[] = [];
  /** How many frames each WebSocket message held. */
  readonly batches: number[] = [];
  /** Sizes of the WebSocket messages, bytes. */
  readonly sizes: number[] = [];
  readonly socket: WebSocket;
  private readonly writer = new FrameWriter();
  private readonly names = new NameCache();
  private changed: (() => void)[] = [];
  private taken = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.onMessage(new Uint8Array(data)));
    socket.on('close', () => this.wake());
    socket.on('error', () => undefined);
  }

  /** The next frame that was not awaited yet, with this op where one is given: others are passed over. */
  async next(op?: keyof typeof Op): Promise<Heard> {
    for (;;) {
      while (this.taken < this.heard.length) {
        const frame = this.heard[this.taken++] as Heard;
        if (op === undefined || frame.op === op) return frame;
      }
      await new Promise<void>((resolve) => this.changed.push(resolve));
    }
  }

  /** The next `count` frames with this op. */
  async take(op: keyof typeof Op, count: number): Promise<Heard[]> {
    const frames: Heard[] = [];
    while (frames.length < count) frames.push(await this.next(op));
    return frames;
  }

  /** Sends frames in one WebSocket message. */
  say(write: (writer: FrameWriter) => void): void {
    write(this.writer);
    this.socket.send(new Uint8Array(this.writer.take()));
  }

  /** Answers HELLO: awaits it and says WELCOME. */
  async welcome(options: WelcomeOptions = {}): Promise<Heard> {
    const hello = await this.next('HELLO');
    this.say((writer) =>
      writer.welcome(
        options.user ?? hello.token ?? '',
        'session',
        options.origin ?? 7,
        options.lastCid ?? 0,
        0,
        {
          maxMessage: limits.maxMessageBytes,
          maxBody: limits.maxBodyBytes,
          sendWindow: 256,
          rate: 0,
          watch: 1000,
          ...options.limits,
        },
        options.now ?? 1_000_000,
      ),
    );
    return hello;
  }

  /** Waits until the connection has ended. */
  async ended(): Promise<void> {
    if (this.socket.readyState !== this.socket.CLOSED) await once(this.socket, 'close');
  }

  private onMessage(bytes: Uint8Array): void {
    const before = this.heard.length;
    const error = readClientFrames(bytes, this.visitor(bytes), this.names);
    if (error !== undefined) throw new Error(`the client sent a bad frame: ${error.detail}`);
    this.batches.push(this.heard.length - before);
    this.sizes.push(bytes.length);
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.changed.splice(0)) resolve();
  }

  private visitor(bytes: Uint8Array): ClientFrameVisitor {
    const text = (start: number, end: number): string => new TextDecoder().decode(bytes.subarray(start, end));
    const hear = (frame: Heard): void => void this.heard.push(frame);
    return {
      hello: (token, window, client) => hear({ op: 'HELLO', token, window, client }),
      send: (cid, to, _kind, start, end, ttl, again) =>
        hear({ op: 'SEND', cid, to, body: text(start, end), ttl, again }),
      ack: (seq) => hear({ op: 'ACK', seq }),
      read: (cid, to, origin, upTo, again) => hear({ op: 'READ', cid, to, origin, upTo, again }),
      signal: (to, _kind, start, end) => hear({ op: 'SIGNAL', to, body: text(start, end) }),
      watch: (users, on) => hear({ op: 'WATCH', users, on }),
      call: (rid, service, method) => hear({ op: 'CALL', rid, service, method }),
    };
  }
}

export interface WelcomeOptions {
  readonly user?: string;
  readonly origin?: number;
  readonly lastCid?: number;
  readonly now?: number;
  readonly limits?: Partial<WelcomeLimits>;
}

/** A WebSocket server on loopback whose every word is said by the test. */
export class ScriptedPeer {
  readonly server: WebSocketServer;
  readonly url: string;
  private connections: PeerConnection[] = [];
  private waiting: ((connection: PeerConnection) => void)[] = [];

  private constructor(server: WebSocketServer) {
    this.server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => {
      const connection = new PeerConnection(socket);
      const waiter = this.waiting.shift();
      if (waiter === undefined) this.connections.push(connection);
      else waiter(connection);
    });
  }

  static async listen(port = 0): Promise<ScriptedPeer> {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port,
      path: '/v1/socket',
      handleProtocols: (offered) => (offered.has('mailbeam.v1') ? 'mailbeam.v1' : false),
    });
    await once(server, 'listening');
    return new ScriptedPeer(server);
  }

  /** The next connection. */
  accept(): Promise<PeerConnection> {
    const connection = this.connections.shift();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The next connection, past its HELLO and WELCOME. */
  async open(options?: WelcomeOptions): Promise<PeerConnection> {
    const connection = await this.accept();
    await connection.welcome(options);
    return connection;
  }

  async close(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
    await once(this.server, 'close');
  }
}
