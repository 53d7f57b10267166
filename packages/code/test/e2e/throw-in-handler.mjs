// Loads two versions of a handler and prints the stack trace of what each throws. Started by stack-trace.test.ts.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodeServer } from '@mailbeam/code';

const root = mkdtempSync(join(tmpdir(), 'mailbeam-stack-'));
const handlers = join(root, 'handlers');
mkdirSync(handlers);
let unit;
const host = {
  kind: 'service',
  start: (given) => (unit = given),
  stop() {},
  instances: () => ({ next: () => undefined, close() {} }),
};
const server = await CodeServer.open({ dir: join(root, 'code'), handlers, gateMs: 0 }, [host]);
writeFileSync(
  join(handlers, 'lib.ts'),
  `// a comment\ntype Word = string;\n\nexport function check(word: Word): void {\n  throw new Error(word);\n}\n`,
);
for (const version of ['1.0.0', '1.1.0']) {
  writeFileSync(
    join(handlers, 'greet.ts'),
    `import { defineService } from '@mailbeam/handler';\nimport { check } from './lib.js';\n\nexport default defineService({\n  name: 'greet',\n  version: '${version}',\n  init: () => undefined,\n  handleMessage() {\n    check('${version}');\n  },\n});\n`,
  );
  const { id } = await server.load('greet');
  const { phase, reason } = await server.ended(id);
  if (phase !== 'kept') throw new Error(reason);
  try {
    unit.choose('').module.handleMessage();
  } catch (error) {
    console.log(error.stack.split('\n').slice(0, 3).join('\n'));
  }
}
await server.close();
rmSync(root, { recursive: true });
