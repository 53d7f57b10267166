import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { peerPackage } from '../src/peer-package.js';

const load = (name: string) => (): Promise<unknown> => import(name);

test('a package that is not installed is an error that says how to install it', async () => {
  await expect(peerPackage('no-such-package', '^1.0.0', load('no-such-package'))).rejects.toMatchObject({
    code: 'not_installed',
    message: 'this entry point needs no-such-package: npm install no-such-package@^1.0.0',
  });
});

test('what is missing of another package, or fails in it, comes through as it is', async () => {
  await expect(peerPackage('piscina', '^5.3.2', load('no-such-package'))).rejects.not.toHaveProperty(
    'code',
    'not_installed',
  );
  const broken = new TypeError('broken');
  await expect(peerPackage('piscina', '^5.3.2', () => Promise.reject(broken))).rejects.toBe(broken);
});

test('piscina is an optional peer, in the range that the error names', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies?: object;
    peerDependencies: Record<string, string>;
    peerDependenciesMeta: object;
  };
  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.peerDependenciesMeta).toEqual({ piscina: { optional: true } });
  const offload = readFileSync(new URL('../src/offload.ts', import.meta.url), 'utf8');
  expect(offload).toContain(`peerPackage('piscina', '${manifest.peerDependencies['piscina']}'`);
});
