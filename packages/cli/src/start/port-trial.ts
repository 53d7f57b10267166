import { connect, createServer } from 'node:net';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/**
 * Settles once it is sure that nobody listens on the port. With 0 only the host is tried: it is the node that takes a free
 * port, since one that is chosen here is anybody's until the node binds it; the nodes that follow are told to take the same.
 * @throws CliError NOT_STARTED, with what to do about it.
 */
export async function tryPort(host: string, port: number, flag: string): Promise<void> {
  try {
    await bindOnce(host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Connections of an earlier router that have ended hold its port for a minute, but not against another router.
    if (code === 'EADDRINUSE' && !(await isListening(host, port))) return;
    throw refusal(error as NodeJS.ErrnoException, host, port, flag);
  }
}

/** Binds the port and lets it go again. */
async function bindOnce(host: string, port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
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
