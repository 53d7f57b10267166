import type { AddressInfo } from 'node:net';
import { FrameWriter, NameCache, readClientFrames } from '@mailbeam/protocol';
import type { ClientFrameVisitor } from '@mailbeam/protocol';
import { WebSocketServer } from 'ws';

/** What happens to a SEND: no answer ever, or the end of the connection with that code. */
export type Manner = 'silent' | 4001 | 4003;

/** A router that welcomes everybody and then does nothing good. Counts the SENDs that reach it. */
export class SilentRouter {
  readonly url: string;
  sends = 0;
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, manner: Manner) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => {
      const names = new NameCache();
      const writer = new FrameWriter();
      const visitor: ClientFrameVisitor = {
        hello: (token) => {
          const limits = { maxMessage: 262_144, maxBody: 261_120, sendWindow: 256, rate: 0, watch: 1_000 };
          writer.welcome(token, 'session', 1, 0, 0, limits, Date.now());
          socket.send(writer.take());
        },
        send: () => {
          this.sends += 1;
          if (manner !== 'silent') socket.close(manner);
        },
        ack: () => undefined,
        read: () => undefined,
        signal: () => undefined,
        watch: () => undefined,
        call: () => undefined,
      };
      socket.on('message', (data: Buffer) => void readClientFrames(data, visitor, names));
    });
  }

  static async start(manner: Manner): Promise<SilentRouter> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'mailbeam.v1' });
    await new Promise<void>((resolve) => server.once('listening', resolve));
    return new SilentRouter(server, manner);
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
