import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What is sent with each file of the page: it asks nobody but this port, and runs and draws with nothing but these files. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; '),
  'Cache-Control': 'no-cache',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
});

const types: Readonly<Record<string, string>> = Object.freeze({
  'index.html': 'text/html; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
});

/** A file of the page. */
export interface PageFile {
  /** The `Content-Type`. */
  readonly type: string;
  readonly text: string;
}

/** The files that the room `console` is built to. */
export interface PageFiles {
  /** Undefined: the page has no such file. */
  read(name: string): Promise<PageFile | 'not_built' | undefined>;
}

/** Reads them from where that room is installed, at each request: what was built again is shown. */
export function pageFiles(): PageFiles {
  return {
    async read(name) {
      const type = Object.hasOwn(types, name) ? types[name] : undefined;
      if (type === undefined) return undefined;
      try {
        return { type, text: await readFile(join(directory(), name), 'utf8') };
      } catch (error) {
        if (['ENOENT', 'MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '')) return 'not_built';
        throw error;
      }
    },
  };
}

function directory(): string {
  const manifest = createRequire(import.meta.url).resolve('@mailbeam/console/package.json');
  return join(dirname(manifest), 'dist', 'page');
}
