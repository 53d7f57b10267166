import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A TCP port of 127.0.0.1 that stays free for its owner, who may listen on it again and again. */
export class FixedPort {
  readonly number: number;
  readonly #claim: Socket;

  private constructor(number: number, claim: Socket) {
    this.number = number;
    this.#claim = claim;
  }

  /**
   * A free port below the range from which the system draws ports for outgoing connections. From that range a client that
   * knocks while nobody listens may be given the very port as its own, be connected to itself, and so keep the router from
   * binding it again. The UDP port of the same number says to whoever else looks for one here that it is taken, also while
   * nobody listens on it.
   */
  static async claim(): Promise<FixedPort> {
    for (;;) {
      const number = randomInt(12_000, 32_000);
      const claim = createSocket('udp4');
      claim.unref();
      try {
        claim.bind({ address: '127.0.0.1', port: number, exclusive: true });
        await once(claim, 'listening');
        await probe(number);
        return new FixedPort(number, claim);
      } catch (error) {
        claim.close();
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      }
    }
  }

  release(): void {
    this.#claim.close();
  }
}

/** @throws when somebody listens */
async function probe(port: number): Promise<void> {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port, exclusive: true });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
