import { processOutput } from './output.js';
import { runMailbeam } from './program.js';

const argv = process.argv.slice(2);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  // A reader that closes the pipe (`mailbeam listen | head -1`), or a terminal that is gone, ends the command, quietly; but
  // never a router.
  if (argv[0] !== 'start') process.exit(0);
});
process.stderr.on('error', () => undefined);

process.exitCode = await runMailbeam(argv, processOutput());
// Whatever still runs (a socket that closes, a timer) must not hold back the end; results were written synchronously.
process.exit();
