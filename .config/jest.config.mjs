// Four projects: `unit`, `e2e` for tests that start processes, `faults` for those that hurt a router and look what is left, and
// `load` for those that give it much to do and measure, which run one at a time (.config/test.mjs).
// Tests run against src (condition mono-source), so they need no build; those that start the command need one.
import { dirname } from 'node:path';

const root = dirname(import.meta.dirname);

/** Tests that measure what a router makes of much to do. */
const load = ['/tools/test/swap/.*\\.test\\.ts$', '/tools/test/hurt/storms\\.test\\.ts$'];

/** Tests that kill, cut, fill and feed it nonsense. */
const faults = [
  '/tools/test/(?:crash|fuzz|power)/.*\\.test\\.ts$',
  '/tools/test/hurt/(?!storms).*\\.test\\.ts$',
  '/tools/test/soak/soak\\.test\\.ts$',
];

/** Other tests that start processes: they wait, and measure nothing. */
const e2e = [
  '/benchmarks/test/short-run\\.test\\.ts$',
  '/packages/[^/]+/test/e2e/.*\\.test\\.ts$',
  '/packages/cli/test/.*\\.test\\.ts$',
  '/tools/test/python/.*\\.test\\.ts$',
];

const shared = {
  rootDir: root,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['mono-source', 'node', 'node-addons'] },
  roots: ['<rootDir>/packages', '<rootDir>/tools', '<rootDir>/benchmarks'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/(packages/[^/]+|tools|benchmarks)/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
};

export default {
  rootDir: root,
  // for what hangs; a busy machine is no failure
  testTimeout: 60_000,
  maxConcurrency: 2,
  // what modules of tests leave behind is never collected (vm modules): a worker that has grown is slow at everything
  workerIdleMemoryLimit: '700MB',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testRegex: ['/test/.*\\.test\\.ts$'],
      testPathIgnorePatterns: ['/node_modules/', ...e2e, ...faults, ...load],
    },
    { ...shared, displayName: 'e2e', testRegex: e2e },
    { ...shared, displayName: 'faults', testRegex: faults },
    { ...shared, displayName: 'load', testRegex: load },
  ],
};
