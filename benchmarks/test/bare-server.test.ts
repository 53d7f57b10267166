import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const benchmarks = join(import.meta.dirname, '..');
const shared = join(benchmarks, '../../shared/bare.mjs');

(existsSync(shared) ? test : test.skip)('the copy of the bare server is the shared one below its header', () => {
  const copy = readFileSync(join(benchmarks, 'src/bare-server.mjs'), 'utf8');
  expect(copy.split('\n').slice(2).join('\n')).toBe(readFileSync(shared, 'utf8'));
});
