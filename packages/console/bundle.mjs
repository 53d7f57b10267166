// Bundles the page into dist/page: four files that the admin port serves as they are. `make build` runs it after tsc.
import { build } from 'esbuild';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;

/** @param {string} [directory] where the page is written */
export async function bundlePage(directory = join(here, 'dist/page')) {
  await mkdir(directory, { recursive: true });
  await build({
    entryPoints: { console: join(here, 'src/main.ts') },
    outdir: directory,
    bundle: true,
    minify: true,
    sourcemap: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) await cp(join(here, 'src/page', file), join(directory, file));
}

if (process.argv[1] === new URL(import.meta.url).pathname) await bundlePage();
