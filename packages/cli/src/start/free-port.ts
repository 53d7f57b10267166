import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/**
 * The port to bind: `port` itself once it is sure that nobody listens there, or a free one for 0. It is chosen here and not
 * by the node, so that every node of this parent binds the same one in the same way.
 * @throws CliError NOT_STARTED, with what to do about it.
 */
export async function freePort(host: string, port: number, flag: string): Promise<number> {
  try {
    return await boundOnce(host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Connections of an earlier router that have ended hold its port for a minute, but not against another router.
    if (code === 'EADDRINUSE' && !(await isListening(host, port))) return port;
    throw refusal(error as NodeJS.ErrnoException, host, port, flag);
  }
}

/** Binds the port and lets it go again. */
async function boundOnce(host: string, port: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const bound = (server.address() as AddressInfo).port;
      server.close(() => resolve(bound));
    });
  });
}

/** Longest wait for somebody who listens to take a connection on this machine. */
const connectTimeoutMs = 1_000;

async function isListening(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: connectTimeoutMs });
  return new Promise((resolve) => {
    const settle = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true));
    // Whoever does not answer is there all the same: its queue is full.
    socket.once('timeout', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED'));
  });
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number, flag: string): CliError {
  const place = `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new CliError(
        ExitCode.NOT_STARTED,
        `${place} is taken by another program (perhaps another mailbeam)`,
        `${flag} N takes another port, ${flag} 0 a free one`,
      );
    case 'EACCES':
      return new CliError(
        ExitCode.NOT_STARTED,
        `${place}: this user may not bind it`,
        `ports below 1024 are for root; ${flag} N takes another`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CliError(ExitCode.NOT_STARTED, `${place}: this machine has no such address`);
    default:
      return new CliError(ExitCode.NOT_STARTED, `${place} cannot be bound: ${error.message}`, '', { cause: error });
  }
}
