import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const src = join(import.meta.dirname, '../src');

/** What a file and all that it imports import from outside of this package. Types count too: they are all that a reader would see. */
function imported(file: string, seen = new Set<string>(), outside = new Set<string>()): string[] {
  seen.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\(?) ?'([^']+)'/g)) {
    const path = join(dirname(file), name.replace(/\.js$/, '.ts'));
    if (!name.startsWith('.')) outside.add(name);
    else if (!seen.has(path)) imported(path, seen, outside);
  }
  return [...outside];
}

test.each(['index.ts', 'test-kit.ts'])('%s needs nothing but JavaScript: it runs in a browser', (entry) => {
  expect(imported(join(src, entry))).toEqual([]);
});

test('offload.ts is the one that does not', () => {
  expect(imported(join(src, 'offload.ts')).sort()).toEqual(['node:os', 'piscina']);
});
