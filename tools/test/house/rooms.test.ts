import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';

/** The design's table of rooms, written down a second time on purpose: the rules are compared with it. */
const mayImport: Record<string, readonly string[]> = {
  protocol: [],
  actors: [],
  store: [],
  telemetry: ['actors'],
  handler: ['actors', 'protocol'],
  code: ['actors', 'handler'],
  router: ['protocol', 'actors', 'store', 'telemetry', 'handler', 'code'],
  client: ['protocol'],
  handlers: ['handler'],
  console: [],
  cli: ['client', 'router', 'protocol'],
  tools: [
    'protocol',
    'actors',
    'store',
    'telemetry',
    'handler',
    'code',
    'router',
    'client',
    'handlers',
    'console',
    'cli',
  ],
};
const rooms = Object.keys(mayImport);
const folderOf = (room: string) => (room === 'tools' ? 'tools' : `packages/${room}`);

// A type written as import('x').T is not seen by the rules; the linter refuses it anywhere (lint.test.ts).
const forms = {
  value: (from: string) => `import { thing } from '${from}';\nexport const copy = thing;\n`,
  type: (from: string) => `import type { Thing } from '${from}';\nexport type Copy = Thing;\n`,
  're-export': (from: string) => `export { thing } from '${from}';\n`,
  're-exported type': (from: string) => `export type { Thing } from '${from}';\n`,
  dynamic: (from: string) => `export const load = () => import('${from}');\n`,
};
type Form = keyof typeof forms;
const everyForm = Object.keys(forms) as Form[];

let root: string;
/** Names of the broken rules by file, after one run over everything planted. */
let broken: Map<string, string[]>;
const planted: Record<string, string> = {};

function plant(file: string, text: string): string {
  planted[file] = text;
  return file;
}

const roomFile = (room: string, other: string, form: Form) =>
  plant(`${folderOf(room)}/src/${form.replace(' ', '-')}-of-${other}.ts`, forms[form](`@mailbeam/${other}`));

const pairs = rooms.flatMap((room) =>
  rooms
    .filter((other) => other !== room)
    .map((other) => ({
      room,
      other,
      allowed: mayImport[room]?.includes(other) === true,
      files: everyForm.map((form) => roomFile(room, other, form)),
    })),
);

const uwsFiles = (form: Form) => ({
  adapter: plant('packages/router/src/socket/uws.ts', forms.value('uWebSockets.js')),
  others: ['packages/router/src/socket/listener.ts', 'packages/cli/src/port.ts', 'packages/router/test/x.test.ts'].map(
    (file) => plant(file.replace('.ts', `-${form.replace(' ', '-')}.ts`), forms[form]('uWebSockets.js')),
  ),
});

const behaviour = (name: string, form: Form, from: string) =>
  plant(`packages/router/src/behaviours/${name}-${form.replace(' ', '-')}.ts`, forms[form](from));

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'mailbeam-rooms-')));
  for (const room of rooms) {
    plant(`${folderOf(room)}/src/index.ts`, 'export const thing = 1;\nexport type Thing = number;\n');
    plant(`${folderOf(room)}/src/inner.ts`, 'export const thing = 2;\nexport type Thing = number;\n');
    const dependencies = { 'uWebSockets.js': '1.0.0' };
    plant(
      `${folderOf(room)}/package.json`,
      JSON.stringify({
        name: `@mailbeam/${room}`,
        exports: { '.': { 'mono-source': './src/index.ts' } },
        dependencies,
      }),
    );
  }
  plant('package.json', '{"name":"planted"}');
  plant('node_modules/uWebSockets.js/package.json', '{"name":"uWebSockets.js","main":"uws.js","types":"uws.d.ts"}');
  plant('node_modules/uWebSockets.js/uws.js', '');
  plant('node_modules/uWebSockets.js/uws.d.ts', 'export type Thing = number;');
  plant('node_modules/left/package.json', '{"name":"left","main":"left.js"}');
  plant('node_modules/left/left.js', '');
  for (const [file, text] of Object.entries(planted)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  await mkdir(join(root, 'node_modules/@mailbeam'));
  for (const room of rooms) await symlink(join(root, folderOf(room)), join(root, 'node_modules/@mailbeam', room));
  broken = await cruise(root);
}, 60_000);

afterAll(() => rm(root, { recursive: true, force: true }));

async function cruise(cwd: string): Promise<Map<string, string[]>> {
  const program = join(checkoutRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(checkoutRoot, '.config/dependency-cruiser.mjs');
  const args = [program, '--config', config, '--output-type', 'json', 'packages', 'tools'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, maxBuffer: 64 << 20 });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  const byFile = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) byFile.set(from, [...(byFile.get(from) ?? []), rule.name]);
  return byFile;
}

const rulesOf = (file: string) => broken.get(file) ?? [];

describe('the table of rooms', () => {
  for (const { room, other, allowed, files } of pairs) {
    test(`${room} ${allowed ? 'may' : 'may not'} import ${other}`, () => {
      const expected = allowed ? [] : [other === 'tools' ? 'rooms-below-tools' : `room-${room}`];
      expect(files.map((file) => [file, rulesOf(file)])).toEqual(files.map((file) => [file, expected]));
    });
  }
});

describe.each(everyForm)('as a %s import', (form) => {
  const { adapter, others } = uwsFiles(form);
  const inner = behaviour('inner', form, '../index.js');
  const builtin = behaviour('builtin', form, 'node:fs');
  const store = behaviour('store', form, '@mailbeam/store');
  const fine = ['handler', 'actors', 'protocol'].map((room) => behaviour(room, form, `@mailbeam/${room}`));
  const suffix = form.replace(' ', '-');
  const deepPath = plant(`packages/cli/src/deep-path-${suffix}.ts`, forms[form]('../../client/src/inner.js'));
  const deepName = plant(`packages/cli/src/deep-name-${suffix}.ts`, forms[form]('@mailbeam/client/src/inner.js'));
  const ofTest = plant(`packages/cli/src/of-test-${suffix}.ts`, forms[form]('../test/peer.js'));
  const undeclared = plant(`packages/cli/src/undeclared-${suffix}.ts`, forms[form]('left'));
  const nowhere = plant(`packages/cli/src/nowhere-${suffix}.ts`, forms[form]('./gone.js'));
  plant('packages/cli/test/peer.ts', 'export const thing = 1;\nexport type Thing = number;\n');

  test('uWebSockets.js is for its adapter file only', () => {
    expect(rulesOf(adapter)).toEqual([]);
    for (const file of others) expect([file, rulesOf(file)]).toEqual([file, ['uws-in-one-file']]);
  });

  test('a behaviour of the router imports public entry points of handler, actors and protocol only', () => {
    expect(rulesOf(inner)).toEqual(['behaviours-like-handlers']);
    expect(rulesOf(builtin)).toEqual(['behaviours-like-handlers']);
    expect(rulesOf(store)).toEqual(['behaviours-like-handlers']);
    for (const file of fine) expect(rulesOf(file)).toEqual([]);
  });

  test('the files of another package cannot be reached past its entry point', () => {
    expect(rulesOf(deepPath)).toEqual(['public-entry-points']);
    expect(rulesOf(deepName)).toEqual(['resolvable']);
  });

  test('sources do not import tests, nor what is not declared, nor what is not there', () => {
    expect(rulesOf(ofTest)).toEqual(['tests-stay-outside']);
    expect(rulesOf(undeclared)).toEqual(['declared-dependency']);
    expect(rulesOf(nowhere)).toEqual(['resolvable']);
  });
});

test('a package without a row in the table is refused', () => {
  expect(rulesOf(unknown)).toEqual(['known-room']);
});
const unknown = plant('packages/utils/src/index.ts', "export { thing } from '@mailbeam/store';\n");
