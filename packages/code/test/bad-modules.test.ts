import { mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { CodeErrorCode } from '../src/errors.js';
import { ServerFixture, serviceText } from './server-fixture.js';

let code: ServerFixture;
/** For what never ends. */
let hurried: ServerFixture;
beforeAll(async () => {
  hurried = await new ServerFixture({ checkTimeoutMs: 2_000, checkHeapMb: 32 }).open();
  code = await new ServerFixture({ checkTimeoutMs: 60_000, checkHeapMb: 32 }).open();
  code.service('live', '1.0.0');
  await code.load('live');
  code.host.spawn('live', 10);
});
afterEach(() => {
  // Whatever was wrong, nothing has changed.
  expect([...code.host.units.keys()]).toEqual(['live']);
  expect(code.host.versionsOf('live')).toEqual({ '1.0.0': 10 });
  expect([...hurried.host.units.keys()]).toEqual([]);
});
afterAll(() => Promise.all([code.close(), hurried.close()]));

const failure = async (file: string, into = code) => {
  const operation = await into.load(file);
  expect(operation).toMatchObject({ phase: 'failed', ended: true });
  return operation.problem!;
};

const start = "import { defineService } from '@mailbeam/handler';\n";
const bad: [what: string, text: string, expected: CodeErrorCode, message: RegExp][] = [
  ['has a syntax error', 'export default {\n  a: ;\n};', 'compile_failed', /bad\.ts:2:6: Unexpected ";"/],
  ['is empty', '', 'bad_module', /no default export: write/],
  ['has no default export', 'export const a = 1;', 'bad_module', /no default export: write/],
  [
    'has the wrong shape',
    'export default { kind: "service", name: "bad" };',
    'bad_module',
    /version must be .+; init must be/,
  ],
  [
    'is refused by defineService',
    `${start}export default defineService({} as any);`,
    'check_failed',
    /init must be a function/,
  ],
  ['throws while it is loaded', 'throw new RangeError("no luck");', 'check_failed', /while it was loaded: no luck/],
  ['throws what is no error', 'throw null;', 'check_failed', /while it was loaded: null/],
  ['loops for ever', 'for (;;);\nexport default 1;', 'check_timeout', /while it was loaded for more than 2,000 ms/],
  [
    'allocates for ever',
    'const a: unknown[] = [];\nfor (;;) a.push(new Array(1000).fill(a.length));',
    'check_failed',
    /more than 32 MiB/,
  ],
  ['ends the process', 'process.exit(3);', 'check_failed', /ended its thread \(exit code 3\)/],
  [
    'imports what is not there',
    'import "./nowhere.js";\nexport default 1;',
    'compile_failed',
    /bad\.ts:1:8: Could not resolve "\.\/nowhere\.js"/,
  ],
  [
    'imports a package that is not there',
    'import "nobody";\nexport default 1;',
    'compile_failed',
    /Could not resolve "nobody"/,
  ],
  [
    'imports a file elsewhere',
    'import { s } from "../secret.js";\nexport default s;',
    'outside_handlers',
    /bad\.ts imports .+secret\.ts, which is neither below/,
  ],
  [
    'imports a link that leads elsewhere',
    'import { s } from "./link.js";\nexport default s;',
    'outside_handlers',
    /bad\.ts imports .+secret\.ts/,
  ],
  [
    'requires at run time what it may not',
    'const id = "esbuild";\nexport default require(id);',
    'check_failed',
    /may not require 'esbuild'/,
  ],
  ['awaits at its top level', 'await 1;\nexport default 1;', 'compile_failed', /[Tt]op-level await/],
  [
    'has a selfTest that fails',
    serviceText('bad', '1', 'selfTest() { throw new Error("two is not three"); },'),
    'self_test_failed',
    /in its selfTest: two is not three/,
  ],
  [
    'has a selfTest that rejects',
    serviceText('bad', '1', 'selfTest: () => Promise.reject(new Error("later")),'),
    'self_test_failed',
    /later/,
  ],
  [
    'has a selfTest that never ends',
    serviceText('bad', '1', 'selfTest: () => new Promise(() => setInterval(() => 0, 10)),'),
    'check_timeout',
    /in its selfTest for more than/,
  ],
  [
    'has a selfTest that loops',
    serviceText('bad', '1', 'selfTest() { for (;;); },'),
    'check_timeout',
    /in its selfTest for more than/,
  ],
  [
    'is of a kind that nothing runs',
    'export default { name: "session", version: "1", init() {}, handleMessage() {} };',
    'no_host',
    /kind session/,
  ],
  ['has a name with a path in it', serviceText('../bad', '1'), 'bad_module', /name is "\.\.\/bad"/],
  [
    'is of the name of another',
    serviceText('live', '2'),
    'name_taken',
    /'live' is the name of live\.ts; give bad\.ts another/,
  ],
];

describe('a module that', () => {
  beforeAll(() => {
    writeFileSync(join(code.root, 'secret.ts'), 'export const s = 1;');
    symlinkSync(join(code.root, 'secret.ts'), join(code.handlers, 'link.ts'));
  });

  test.each(bad)('%s is refused with a clear answer', async (_what, text, expected, message) => {
    const into = expected === 'check_timeout' ? hurried : code;
    into.write('bad.ts', text);
    const problem = await failure('bad.ts', into);
    expect(problem.message).toMatch(message);
    expect(problem.code).toBe(expected);
  });

  test('does not compile is answered with the places and their lines', async () => {
    code.write('lib.ts', 'export const x = (;\n');
    code.write('bad.ts', 'import { x } from "./lib.js";\nexport default x;');
    const { locations } = await failure('bad.ts');
    expect(locations).toEqual([
      { file: 'lib.ts', line: 1, column: 19, lineText: 'export const x = (;', text: 'Unexpected ";"' },
    ]);
  });
});

describe('a file that', () => {
  const refused = (file: string) => code.server.load(file).catch((error: unknown) => error);

  test('is not there is refused', async () => {
    expect(await refused('nothing')).toMatchObject({ code: 'not_found' });
    mkdirSync(join(code.handlers, 'folder.ts'), { recursive: true });
    expect(await refused('folder.ts')).toMatchObject({ code: 'not_found' });
  });

  test('is elsewhere is refused, also by a link, and whether it is there or not', async () => {
    for (const file of ['../secret.ts', join(code.root, 'secret.ts'), 'link.ts', '../nothing.ts', '/etc/nothing.ts'])
      expect(await refused(file)).toMatchObject({ code: 'outside_handlers' });
    rmSync(join(code.handlers, 'link.ts'));
  });

  test('is deleted while it is loaded is answered as such', async () => {
    code.write('bad.ts', 'export default 1;');
    const loading = code.server.load('bad.ts');
    // Between finding it and reading it, or after: both must be clear.
    queueMicrotask(() => unlinkSync(join(code.handlers, 'bad.ts')));
    const operation = await loading.then(({ id }) => code.server.ended(id)).catch((error: unknown) => error);
    expect((operation as { problem?: object }).problem ?? operation).toMatchObject({ code: 'not_found' });
  });

  test('is deleted after it was found is answered by the operation', async () => {
    code.write('gone.ts', 'export default 1;');
    const { id } = await code.server.load('gone.ts');
    unlinkSync(join(code.handlers, 'gone.ts'));
    const { problem } = await code.server.ended(id);
    expect(problem!.code).toBe('not_found');
  });
});

describe('a version', () => {
  test('that is live already is told so', async () => {
    expect((await failure('live')).code).toBe('already_live');
  });

  test('that was used by another source is refused', async () => {
    code.service('live', '1.0.0', 'callers: 3,');
    const problem = await failure('live');
    expect(problem).toMatchObject({ code: 'version_used', retryable: false });
    expect(problem.message).toMatch(/give the new source a new version/);
    code.service('live', '1.0.0');
  });
});

describe('an operation', () => {
  test('of a module that has one under way is refused, and named', async () => {
    hurried.write('slow.ts', serviceText('slow', '1', 'selfTest: () => new Promise(() => setInterval(() => 0, 10)),'));
    const first = await hurried.server.load('slow');
    const second = await hurried.server.load('slow').catch((error: unknown) => error);
    expect(second).toMatchObject({ code: 'operation_in_progress', retryable: true });
    expect((second as Error).message).toContain(first.id);
    await hurried.server.ended(first.id);
  });

  test('by another file of the same name is refused when its name is known', async () => {
    code.write('same.ts', serviceText('same', '1'));
    await code.load('same');
    const settle = code.host.spawn('same', 1)[0]!.busy();
    code.write('same.ts', serviceText('same', '2'));
    const first = await code.server.load('same');
    code.write('other.ts', serviceText('same', '3'));
    const problem = await failure('other.ts');
    expect(problem).toMatchObject({ code: 'operation_in_progress' });
    expect(problem.message).toContain(first.id);
    settle();
    expect(await code.server.ended(first.id)).toMatchObject({ phase: 'kept', version: '2' });
    code.host.stop('same');
  });

  test('that is a load during a rollback is refused, and a rollback during a load', async () => {
    code.service('live', '2.0.0');
    await code.load('live');
    const [instance] = code.host.of('live');
    const settle = instance!.busy();
    const rollback = await code.server.rollback('live');
    expect(await code.server.load('live').catch((error: unknown) => error)).toMatchObject({
      code: 'operation_in_progress',
    });
    settle();
    await code.server.ended(rollback.id);
    const again = instance!.busy();
    const load = await code.load('live', { dryRun: true });
    expect(load).toMatchObject({ phase: 'checked' });
    const moving = await code.server.load('live');
    const refused = await code.server.rollback('live').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'operation_in_progress' });
    again();
    expect(await code.server.ended(moving.id)).toMatchObject({ phase: 'kept', version: '2.0.0' });
    await code.rollback('live');
    code.service('live', '1.0.0');
  });

  test('with options that are wrong is refused', async () => {
    const refused = (options: object) => code.server.load('live', options).catch((error: unknown) => error);
    expect(await refused({ canary: 0 })).toMatchObject({ code: 'bad_option' });
    expect(await refused({ canary: 101 })).toMatchObject({ code: 'bad_option' });
    expect(await refused({ gateMs: -1 })).toMatchObject({ code: 'bad_option' });
    expect(await refused({ other: 1 })).toMatchObject({ code: 'bad_option' });
  });

  test('that nobody knows cannot be asked for', async () => {
    expect(() => code.server.operation('x')).toThrow(expect.objectContaining({ code: 'unknown_operation' }));
  });
});

test('a server that closes does not wait for a check', async () => {
  const other = await new ServerFixture({ checkTimeoutMs: 600_000 }).open();
  other.write('slow.ts', serviceText('slow', '1', 'selfTest: () => new Promise(() => setInterval(() => 0, 10)),'));
  const { id, seq } = await other.server.load('slow');
  await other.server.awaitOperation(id, seq, 10_000);
  await other.close();
  expect(other.server.operation(id)).toMatchObject({ phase: 'failed', problem: { code: 'closed' } });
  await expect(other.server.load('slow')).rejects.toMatchObject({ code: 'closed' });
});
