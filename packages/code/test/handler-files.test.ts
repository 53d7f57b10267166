import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ServerFixture, serviceText } from './server-fixture.js';

let code: ServerFixture;
beforeEach(async () => {
  code = await new ServerFixture().open();
});
afterEach(() => code.close());

const listed = async (): Promise<string[]> =>
  (await code.server.files()).files.map(({ file, state, module = '', version = '' }) =>
    [file, state, module, version].join(' ').trimEnd(),
  );

describe('the list of the handlers directory', () => {
  test('has what could be loaded, what is live, and what is on the disk now', async () => {
    code.write('lib/words.ts', 'export const word = 1;\n');
    code.write('echo.ts', `import { word } from './lib/words.js';\nvoid word;\n${serviceText('echo', '1.0.0')}`);
    await code.load('echo.ts');
    code.service('later', '1.0.0');
    expect(await listed()).toEqual(['echo.ts same echo 1.0.0', 'later.ts not loaded', 'lib/words.ts imported']);
    code.write('lib/words.ts', 'export const word = 2;\n');
    expect((await listed())[0]).toBe('echo.ts changed on disk echo 1.0.0');
    const [file] = (await code.server.files()).files;
    expect(file).toMatchObject({ bytes: expect.any(Number), modifiedAt: expect.any(Number) });
  });

  test('leaves out packages, hidden files, declarations, tests, and links that lead elsewhere', async () => {
    code.service('echo', '1.0.0');
    for (const path of ['node_modules/x/index.js', '.git/hook.js', 'echo.d.ts', 'echo.test.ts', 'notes.md'])
      code.write(path, 'x');
    symlinkSync(import.meta.filename, join(code.handlers, 'elsewhere.ts'));
    symlinkSync(join(code.handlers, 'echo.ts'), join(code.handlers, 'linked.ts'));
    symlinkSync(join(code.handlers, 'nowhere.ts'), join(code.handlers, 'broken.ts'));
    expect(await listed()).toEqual(['echo.ts not loaded', 'linked.ts not loaded']);
  });

  test('is empty where there is no such directory, and says which one it looked for', async () => {
    await code.server.close();
    const handlers = join(code.root, 'nowhere');
    await code.open({ handlers });
    expect(await code.server.files()).toEqual({ directory: handlers, files: [], more: false });
  });

  test('is bounded, and says that there are more', async () => {
    for (let i = 0; i < 1_001; i++) code.write(`h${i}.ts`, '');
    const { files, more } = await code.server.files();
    expect([files.length, more]).toEqual([1_000, true]);
  });
});
