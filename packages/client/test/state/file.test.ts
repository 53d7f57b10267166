import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileState } from '../../src/node.js';
import { bytes, rejection } from '../bench.js';
import { stateStoreContract } from './state-store-contract.js';

let directory: string;
let path: string;

async function makeDirectory(): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'mailbeam-client-'));
  path = join(directory, 'state');
}

const cleanUp = (): Promise<void> => rm(directory, { recursive: true, force: true });

stateStoreContract('fileState', {
  make: async () => {
    await makeDirectory();
    return { first: fileState(path), second: fileState(path) };
  },
  cleanUp,
});

describe('a state file', () => {
  beforeEach(makeDirectory);
  afterEach(cleanUp);

  test('is for its owner only, and leaves nothing beside it', async () => {
    const state = fileState(path);
    await state.open();
    await state.write(new Map([['a', bytes('1')]]));
    await state.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['state']);
  });

  test('is written anew when most of it is out of date', async () => {
    const state = fileState(path, { sync: false, compactBytes: 2000 });
    await state.open();
    for (let i = 0; i < 1000; i++)
      await state.write(
        new Map([
          ['n', bytes(String(i))],
          [`x${i % 3}`, bytes('y')],
        ]),
      );
    await state.close();
    expect((await stat(path)).size).toBeLessThan(2100);
    expect((await fileState(path).open()).get('n')).toEqual(bytes('999'));
  });

  test('cut at any byte is the state before or after the batch that was cut, never less', async () => {
    const batches = [
      new Map([['a', bytes('1')]]),
      new Map([
        ['a', bytes('22')],
        ['b', bytes('x')],
      ]),
      new Map([['c', bytes('3')]]),
    ];
    const state = fileState(path, { sync: false });
    await state.open();
    const ends: number[] = [0];
    for (const batch of batches) {
      await state.write(batch);
      ends.push((await stat(path)).size);
    }
    await state.close();
    const whole = await readFile(path);
    for (let cut = 0; cut <= whole.length; cut++) {
      await writeFile(path, whole);
      await truncate(path, cut);
      const again = fileState(path, { sync: false });
      const values = await again.open();
      await again.close();
      const complete = ends.filter((end) => end <= cut).length - 1;
      const expected = new Map(batches.slice(0, complete).flatMap((batch) => [...batch]));
      expect(values).toEqual(expected);
    }
  });

  test('goes on after a batch that was half written', async () => {
    const state = fileState(path, { sync: false });
    await state.open();
    await state.write(new Map([['a', bytes('1')]]));
    await state.close();
    await writeFile(path, new Uint8Array([9, 0, 0, 0, 1, 2]), { flag: 'a' });
    const again = fileState(path, { sync: false });
    await again.open();
    await again.write(new Map([['b', bytes('2')]]));
    await again.close();
    expect([...(await fileState(path).open()).keys()]).toEqual(['a', 'b']);
  });

  test('with a flipped byte before its last batch is refused as state_damaged, not read in part', async () => {
    const state = fileState(path, { sync: false });
    await state.open();
    await state.write(new Map([['reservedCid', bytes('1000')]]));
    const first = (await stat(path)).size;
    await state.write(new Map([['a', bytes('1')]]));
    await state.close();
    const whole = await readFile(path);
    for (let at = 4; at < first; at++) {
      const damaged = Uint8Array.from(whole);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      await writeFile(path, damaged);
      expect(await rejection(fileState(path).open())).toMatchObject({ code: 'state_damaged' });
    }
  });

  test('of a process that died is taken over', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeFile(`${path}.lock`, `${child.pid} 123\n`);
    const state = fileState(path);
    await state.open();
    await state.close();
  });

  test('whose lock names this process number, but an earlier process, is taken over', async () => {
    await writeFile(`${path}.lock`, `${process.pid} 1\n`);
    const state = fileState(path);
    await state.open();
    await state.close();
  });

  test('in a directory that is not there says so', async () => {
    const error = await rejection(fileState(join(directory, 'no', 'state')).open());
    expect(error).toMatchObject({ code: 'ENOENT' });
  });

  test('holds what a map would hold after any changes, closings and compactions', async () => {
    const seed = Date.now() & 0x7fffffff;
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const change = fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }));
    const step = fc.oneof(fc.array(change, { minLength: 1, maxLength: 4 }), fc.constant('reopen' as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await rm(path, { force: true });
        const model = new Map<string, Uint8Array>();
        const state = fileState(path, { sync: false, compactBytes: 200 });
        await state.open();
        for (const changes of steps) {
          if (changes === 'reopen') {
            await state.close();
            expect(await state.open()).toEqual(model);
            continue;
          }
          await state.write(new Map(changes));
          for (const [name, value] of new Map(changes)) {
            if (value === undefined) model.delete(name);
            else model.set(name, value);
          }
        }
        await state.close();
        expect(await state.open()).toEqual(model);
        await state.close();
      }),
      { seed, numRuns: 60, verbose: 1 },
    );
  });
});
