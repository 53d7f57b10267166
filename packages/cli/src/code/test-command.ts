import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BuildFailure, Plugin } from 'esbuild';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { problemLines } from './code-frame.js';
import { hostPackages, routerFile } from './host-packages.js';

const testPattern = /\.test\.(?:[cm]?ts|[cm]?js)$/;

/** `mailbeam test`: runs the tests of handler modules with Node's test runner, TypeScript and the host's packages included. */
export async function testCommand(given: readonly string[], _flags: object, output: Output): Promise<ExitStatus> {
  const files = (await Promise.all((given.length === 0 ? ['handlers'] : given).map(testsIn))).flat();
  if (files.length === 0) throw new CliError(ExitCode.USAGE, 'there is no test: they are called NAME.test.ts');
  const directory = await mkdtemp(path.join(tmpdir(), 'mailbeam-test-'));
  try {
    const bundles = await bundled(files, directory, output);
    if (bundles === undefined) return ExitCode.REFUSED;
    return (await run(bundles)) === 0 ? ExitCode.OK : ExitCode.REFUSED;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function testsIn(given: string): Promise<string[]> {
  const place = path.resolve(given);
  if (!existsSync(place)) throw new CliError(ExitCode.USAGE, `${given}: there is no such file or directory`);
  if (!statSync(place).isDirectory()) return [place];
  const entries = await readdir(place, { recursive: true });
  const tests = entries.filter((name) => testPattern.test(name) && !name.split(path.sep).includes('node_modules'));
  return tests.toSorted().map((name) => path.join(place, name));
}

/** A bundle for each file; undefined, with the places told, where one does not compile. */
async function bundled(files: readonly string[], directory: string, output: Output): Promise<string[] | undefined> {
  const { build } = await import('esbuild');
  const bundles = files.map((file, index) => ({ in: file, out: `${index}-${path.basename(file)}` }));
  try {
    await build({
      ...{ entryPoints: bundles, outdir: directory, outExtension: { '.js': '.mjs' }, bundle: true, logLevel: 'silent' },
      ...{
        format: 'esm',
        platform: 'node',
        target: 'node20',
        sourcemap: 'inline',
        tsconfigRaw: '{}',
        plugins: [fromTheHost],
      },
    });
    return bundles.map(({ out }) => path.join(directory, `${out}.mjs`));
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (errors === undefined) throw error;
    const message = errors.length === 1 ? 'the test does not compile' : 'the tests do not compile';
    const locations = errors.map(({ location, text }) => ({
      ...{ file: path.resolve(location?.file ?? ''), line: location?.line ?? 0, column: (location?.column ?? 0) + 1 },
      ...{ lineText: location?.lineText ?? '', text },
    }));
    for (const line of problemLines({ code: 'compile_failed', message, retryable: false, locations }, output))
      output.note(line);
    return undefined;
  }
}

/** The packages that the router brings are found from there, wherever the test lies. */
const fromTheHost: Plugin = {
  name: 'from-the-host',
  setup(build) {
    const resolveDir = path.dirname(routerFile());
    const names = new Set<string>(hostPackages);
    build.onResolve({ filter: /^(?:@mailbeam\/|zod$)/ }, async ({ path: name, kind, pluginData }) => {
      if (!names.has(name) || pluginData === fromTheHost) return undefined;
      return build.resolve(name, { resolveDir, kind, pluginData: fromTheHost });
    });
  },
};

function run(bundles: readonly string[]): Promise<number | null> {
  const args = ['--enable-source-maps', '--test', '--test-reporter=spec', ...bundles];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
