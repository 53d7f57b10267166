import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ModuleInfo, Operation } from '@mailbeam/router';
import { CommandLine } from '../e2e/command-line.js';
import type { Running } from '../e2e/command-line.js';
import { FakeCodeServer } from './fake-code-server.js';

jest.setTimeout(60_000);

let server: FakeCodeServer;
let line: CommandLine;
let watching: Running;

beforeEach(async () => {
  server = await FakeCodeServer.listen();
  line = await CommandLine.make();
  await mkdir(path.join(line.directory, 'handlers'));
  watching = line.run(['watch', 'handlers', ...server.flags]);
  await watching.shows('stderr', /watching handlers/);
});

afterEach(async () => {
  await line.dispose();
  await server.close();
});

const at = (name: string): string => path.join(line.directory, 'handlers', name);
const save = (name: string, text: string): Promise<void> => writeFile(at(name), text);
const loads = (): unknown[] => server.asked.map(({ body }) => path.basename(String(body['file'])));

const live = (version: string): Partial<Operation> => ({ phase: 'kept', ended: true, name: 'echo', version, moved: 3 });

describe('mailbeam watch', () => {
  test('loads what is saved, says how long it took, and ends with Ctrl-C', async () => {
    server.begin = () => live('1.0.0+a1b2c3d');
    await save('echo.ts', 'export default 1');
    await watching.shows('stdout', /^\d\d:\d\d:\d\d {2}echo 1\.0\.0\+a1b2c3d is live after \d+ ms, 3 actors moved\n/);
    expect(server.asked[0]?.body).toMatchObject({ file: at('echo.ts'), dev: true, gateMs: 0 });
    watching.process.kill('SIGINT');
    expect((await watching.finished).code).toBe(0);
  });

  test('goes on after a module that does not compile, and shows where it does not', async () => {
    const problem: Operation['problem'] = {
      ...{ code: 'compile_failed', message: 'the module does not compile', retryable: false },
      locations: [{ file: at('echo.ts'), line: 1, column: 16, lineText: 'export default {', text: 'Unexpected end' }],
    };
    server.begin = () => ({ phase: 'failed', ended: true, problem });
    await save('echo.ts', 'export default {');
    await watching.shows('stderr', /handlers\/echo\.ts:1:16: Unexpected end\n +1 \| export default \{\n +\| {16}\^\n/);
    server.begin = () => live('1.0.0+2');
    await save('echo.ts', 'export default {}');
    await watching.shows('stdout', /echo 1\.0\.0\+2 is live/);
  });

  test('loads a file that is saved during its load once more, after it', async () => {
    server.begin = () => ({ name: 'echo', version: '1.0.0+1' });
    await save('echo.ts', 'export default 1');
    await server.awaited('op-1');
    await save('echo.ts', 'export default 2');
    server.begin = () => live('1.0.0+2');
    server.change('op-1', live('1.0.0+1'));
    await watching.shows('stdout', /1\.0\.0\+1 is live[^]*1\.0\.0\+2 is live/);
    expect(loads()).toEqual(['echo.ts', 'echo.ts']);
  });

  test('takes a replaced file for a save, and a save without a change or of an editor’s file for none', async () => {
    server.begin = () => live(`1.0.0+${server.asked.length}`);
    await save('.echo.ts.swp', 'export default 1');
    await save('echo.ts~', 'export default 1');
    await rename(at('echo.ts~'), at('echo.ts'));
    await watching.shows('stdout', /\+1 is live/);
    await save('echo.ts', 'export default 1');
    await save('other.ts', 'export default 3');
    await watching.shows('stdout', /\+2 is live/);
    expect(loads()).toEqual(['echo.ts', 'other.ts']);
  });

  test('loads the modules that import what was saved', async () => {
    server.begin = () => live('1.0.0+1');
    const drifted = { kind: 'service', name: 'echo', file: 'echo.ts', drift: 'changed on disk', versions: [] };
    server.modules = [
      drifted as ModuleInfo,
      { ...drifted, name: 'other', file: 'other.ts', drift: 'same' } as ModuleInfo,
    ];
    await save('words.ts', 'export const words = []');
    await watching.shows('stdout', /is live/);
    expect(loads()).toEqual(['echo.ts']);
    server.modules = [];
    await save('words.ts', 'export const words = [1]');
    await watching.shows('stdout', /handlers\/words\.ts: no module that is live imports it/);
  });

  test('says that a file is gone, and that its module is not', async () => {
    server.begin = () => live('1.0.0+1');
    await save('echo.ts', 'export default 1');
    await watching.shows('stdout', /is live/);
    await rm(at('echo.ts'));
    await watching.shows('stdout', /handlers\/echo\.ts is gone; what was loaded from it stays live/);
  });

  test('goes on when the router is away for a while', async () => {
    server.begin = () => live('1.0.0+1');
    await server.restart(async () => {
      await save('echo.ts', 'export default 1');
      await watching.shows('stderr', /no router answers/);
    });
    await save('echo.ts', 'export default 2');
    await watching.shows('stdout', /is live/);
  });
});
