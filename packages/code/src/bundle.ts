import { join } from 'node:path';
import type { Compiled } from './compiler.js';

/**
 * The text of a bundle, source map included. The sources in it are called `FILE.ts@VERSION`, so that a stack trace shows
 * the line and the version; packages keep their names.
 */
export function bundleText({ code, map }: Compiled, handlers: string, version: string): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  parsed.sources = parsed.sources.map((source) => {
    const path = join(handlers, source);
    return path.includes('node_modules') ? path : `${path}@${version}`;
  });
  const inline = Buffer.from(JSON.stringify(parsed)).toString('base64');
  return `${code}//# sourceMappingURL=data:application/json;base64,${inline}\n`;
}
