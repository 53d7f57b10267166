// `mailbeam start` with another file in the place of the node, FAKE_NODE_ENTRY or fake-node.mjs; flags as one JSON argument.
import { fileURLToPath } from 'node:url';
import { startCommand } from '../../dist/start/start-command.js';
import { processOutput } from '../../dist/output.js';

const entry = fileURLToPath(new URL(process.env.FAKE_NODE_ENTRY ?? 'fake-node.mjs', import.meta.url));
const output = processOutput();
try {
  process.exitCode = await startCommand(JSON.parse(process.argv[2] ?? '{}'), output, entry);
} catch (error) {
  output.note(error.message);
  process.exitCode = error.exitStatus ?? 1;
}
process.exit();
