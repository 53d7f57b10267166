/** The thread of a check: see module-check.ts. It sees no state, no socket and no store of the node. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkModule } from '@mailbeam/handler';
import type { CheckData, CheckMessage, CheckStage, MigrateRequest } from './check-messages.js';
import { messageOf } from './errors.js';
import { evaluateBundle } from './evaluate.js';
import { migrateCopies } from './migrate-copies.js';

const { code, file, shared } = workerData as CheckData;
const port = parentPort!;
const say = (message: CheckMessage): void => port.postMessage(message);
let stage: CheckStage = 'loading';

function begin(next: CheckStage): void {
  stage = next;
  say({ type: 'stage', stage });
}

async function check(): Promise<void> {
  const namespaces = await Promise.all(
    shared.map(async ([id, url]) => [id, (await import(url === '' ? id : url)) as object] as const),
  );
  begin('loading');
  const result = checkModule(evaluateBundle(code, file, new Map(namespaces)));
  if (!result.ok) return say({ type: 'bad_module', problems: result.problems });
  const { module, kind, name, version } = result;
  const { selfTest } = module as { selfTest?: () => unknown };
  if (selfTest !== undefined) {
    begin('self_test');
    await selfTest.call(module);
  }
  port.on('message', (request: MigrateRequest) => say({ type: 'migrated', migration: migrateCopies(module, request) }));
  say({ type: 'checked', description: { kind, name, version } });
}

check().catch((error: unknown) => say({ type: 'threw', stage, message: messageOf(error) }));
