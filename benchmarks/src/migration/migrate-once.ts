/** One run in a process of its own: a million actors with state take a new version. Prints one line of JSON. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CodeServer } from '@mailbeam/code';
import * as handler from '@mailbeam/handler';
import { ActorHost } from './actor-host.js';

const count = Number(process.argv[2] ?? 1_000_000);

const source = (version: string, init: string, codeChange: string): string => `
  import { defineService } from '@mailbeam/handler';
  export default defineService({ name: 'many', version: '${version}', init: ${init}, ${codeChange} });
`;

const dir = mkdtempSync(join(tmpdir(), 'mailbeam-migrate-'));
const handlers = join(dir, 'handlers');
mkdirSync(handlers);
const file = join(handlers, 'many.ts');
const host = new ActorHost(count);
const shared = new Map([['@mailbeam/handler', { exports: handler, url: import.meta.resolve('@mailbeam/handler') }]]);
const code = await CodeServer.open({ dir: join(dir, 'code'), handlers, shared, gateMs: 0 }, [host]);
try {
  writeFileSync(file, source('1.0.0', '(n) => ({ n, name: `user ${n % 1000}`, seen: 0 })', ''));
  await code.ended((await code.load(file)).id);
  await delay(1_000); // what the start left behind is collected before
  writeFileSync(
    file,
    source('2.0.0', '(n) => null', 'codeChange: ({ n, name, seen }) => ({ n, who: { name }, seen, since: 7 })'),
  );
  const watch = watchLoop();
  const began = performance.now();
  const operation = await code.ended((await code.load(file)).id);
  const totalMs = performance.now() - began;
  const longestMs = watch.stop();
  if (operation.phase !== 'kept' || operation.moved !== count) throw new Error(JSON.stringify(operation));
  process.stdout.write(`${JSON.stringify({ longestMs, totalMs, moved: operation.moved })}\n`);
} finally {
  await code.close();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(0);

/** How long the loop was held at most, ms: the longest between two of its turns, with nothing to wait for. */
function watchLoop(): { stop(): number } {
  let last = performance.now();
  let longest = 0;
  let goesOn = true;
  const turn = (): void => {
    const now = performance.now();
    if (now - last > longest) longest = now - last;
    last = now;
    if (goesOn) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop() {
      goesOn = false;
      return longest;
    },
  };
}
