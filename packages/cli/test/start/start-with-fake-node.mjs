// `mailbeam start` with fake-node.mjs in the place of the node; flags as one JSON argument.
import { fileURLToPath } from 'node:url';
import { startCommand } from '../../dist/start/start-command.js';
import { processOutput } from '../../dist/output.js';

const entry = fileURLToPath(new URL('fake-node.mjs', import.meta.url));
const output = processOutput();
try {
  process.exitCode = await startCommand(JSON.parse(process.argv[2] ?? '{}'), output, entry);
} catch (error) {
  output.note(error.message);
  process.exitCode = error.exitStatus ?? 1;
}
process.exit();
