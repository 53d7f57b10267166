import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);

test('the stack trace of a handler shows the line of the .ts file, and the version', async () => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'throw-in-handler.mjs')]);
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(6);
  for (const [i, version] of ['1.0.0', '1.1.0'].entries()) {
    const [error, inLib, inHandler] = lines.slice(i * 3) as [string, string, string];
    expect(error).toBe(`Error: ${version}`);
    expect(inLib).toMatch(new RegExp(`check \\(.+/handlers/lib\\.ts@${version}:5:9\\)$`));
    expect(inHandler).toMatch(new RegExp(`handleMessage \\(.+/handlers/greet\\.ts@${version}:9:5\\)$`));
  }
});
