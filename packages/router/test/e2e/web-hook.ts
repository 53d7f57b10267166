import { EventEmitter, on } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A real HTTP server that keeps the JSON bodies that are posted to it, in their order. */
export class WebHook {
  readonly #server: Server;
  readonly #posted: AsyncIterator<unknown[]>;
  #failing: readonly number[] = [];

  private constructor(server: Server) {
    const bodies = new EventEmitter();
    this.#posted = on(bodies, 'body') as AsyncIterator<unknown[]>;
    this.#server = server;
    server.on('request', (request, response) => {
      json(request).then(
        (body) => {
          const [status = 200, ...next] = this.#failing;
          this.#failing = next;
          response.writeHead(status).end();
          bodies.emit('body', body);
        },
        () => response.destroy(),
      );
    });
  }

  static async open(): Promise<WebHook> {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return new WebHook(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers what comes next with these, then again with 200; it keeps the bodies all the same. */
  answerWith(...statuses: readonly number[]): void {
    this.#failing = statuses;
  }

  /** The next body, once it has come. */
  async next(): Promise<unknown> {
    const { value } = await this.#posted.next();
    return (value as unknown[])[0];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }
}
