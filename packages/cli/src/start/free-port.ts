import { createServer } from 'node:net';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/**
 * Makes sure that a port can be bound, and says in words why not; port 0 always can.
 * @throws CliError NOT_STARTED, with what to do about it.
 */
export async function checkPort(host: string, port: number, flag: string): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, host, port, flag)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
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
