import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ExitCode } from '../../src/exit-code.js';
import { CommandLine } from '../e2e/command-line.js';

jest.setTimeout(60_000);

const compiler = fileURLToPath(new URL('../../../../node_modules/.bin/tsc', import.meta.url));

let line: CommandLine;

beforeEach(async () => {
  line = await CommandLine.make();
});

afterEach(() => line.dispose());

const at = (name: string): string => path.join(line.directory, name);

describe('mailbeam new handler', () => {
  test.each(['service', 'interceptor'])('writes a %s whose types are right and whose test passes', async (kind) => {
    const made = await line.mailbeam(['new', 'handler', 'my-handler', '--kind', kind]);
    expect(made.code).toBe(0);
    expect(made.stdout).toBe(
      ['my-handler.ts', 'my-handler.test.ts', 'tsconfig.json'].map((name) => `wrote handlers/${name}\n`).join(''),
    );
    expect(made.stderr).toContain('mailbeam test handlers/my-handler.test.ts\n');
    // What an editor says of it, in a directory with nothing installed.
    await expect(promisify(execFile)(compiler, ['-p', at('handlers')])).resolves.toBeDefined();
    const tested = await line.mailbeam(['test', 'handlers/my-handler.test.ts']);
    expect(tested.stdout).toMatch(/^ℹ pass 2$/m);
    expect(tested.code).toBe(0);
  });

  test('overwrites nothing, and writes nothing when one of the two is there', async () => {
    await line.mailbeam(['new', 'handler', 'other']);
    await writeFile(at('handlers/tsconfig.json'), '{}');
    await writeFile(at('handlers/greeter.test.ts'), 'mine');
    const again = await line.mailbeam(['new', 'handler', 'greeter']);
    expect(again.code).toBe(ExitCode.ERROR);
    expect(again.stderr).toMatch(/handlers\/greeter\.test\.ts is there already/);
    await expect(readFile(at('handlers/greeter.ts'))).rejects.toThrow('ENOENT');
    expect((await line.mailbeam(['new', 'handler', 'third'])).code).toBe(0);
    expect(await readFile(at('handlers/tsconfig.json'), 'utf8')).toBe('{}');
  });

  test.each([
    [['1st'], /1st: a name is a letter, then/],
    [['a/b'], /a name is a letter/],
    [["it's"], /a name is a letter/],
    [['good', '--kind', 'session'], /--kind session: must be service or interceptor/],
  ])('refuses %j', async (args, message) => {
    const wrong = await line.mailbeam(['new', 'handler', ...args]);
    expect(wrong.code).toBe(ExitCode.USAGE);
    expect(wrong.stderr).toMatch(message);
  });
});

describe('mailbeam test', () => {
  test('ends with 10 when a test fails, and names the line of the source', async () => {
    await line.mailbeam(['new', 'handler', 'greeter']);
    const file = at('handlers/greeter.test.ts');
    await writeFile(file, (await readFile(file, 'utf8')).replace('I got: hello', 'something else'));
    const failed = await line.mailbeam(['test']);
    expect(failed.code).toBe(ExitCode.REFUSED);
    expect(failed.stdout).toMatch(/^ℹ fail 1$/m);
    expect(failed.stdout).toMatch(/greeter\.test\.ts:\d+/);
  });

  test('ends with 10 and a caret when one does not compile', async () => {
    await line.mailbeam(['new', 'handler', 'greeter']);
    await writeFile(at('handlers/greeter.test.ts'), "import { x } from './gone.ts';\nx();\n");
    const failed = await line.mailbeam(['test']);
    expect(failed.code).toBe(ExitCode.REFUSED);
    expect(failed.stderr).toMatch(/handlers\/greeter\.test\.ts:1:19: Could not resolve "\.\/gone\.ts"\n +1 \| import/);
  });

  test('says where there is none', async () => {
    expect(await line.mailbeam(['test'])).toMatchObject({ code: ExitCode.USAGE });
    await line.mailbeam(['new', 'handler', 'greeter']);
    const none = await line.mailbeam(['test', 'handlers/gone.test.ts']);
    expect(none.stderr).toMatch(/handlers\/gone\.test\.ts: there is no such file/);
  });
});
