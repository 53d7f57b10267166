import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';

/** What jest says of a project: a fake one writes it as its results, and ends as jest would. */
interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  numPendingTests: number;
}

const results = (passed: number, failed = 0, broken = 0, skipped = 0): Results => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numRuntimeErrorTestSuites: broken,
  numPendingTests: skipped,
});

const fakeMake = `#!/bin/sh
for target; do :; done
case " $FAILING " in *" $target "*) exit 1;; esac
`;

const fakeJest = `
const { writeFileSync } = require('node:fs');
const after = (name) => process.argv[process.argv.indexOf(name) + 1];
const said = JSON.parse(process.env.RESULTS)[after('--selectProjects')];
if (said === 'silent') process.exit(0);
writeFileSync(after('--outputFile'), JSON.stringify({ ...said, numTodoTests: 0, testResults: [] }));
process.exit(said.dies || said.numFailedTests + said.numRuntimeErrorTestSuites > 0 ? 1 : 0);
`;

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mailbeam-totals-'));
  for (const folder of ['.config', 'bin', 'node_modules/jest/bin'])
    await mkdir(join(root, folder), { recursive: true });
  await cp(join(checkoutRoot, '.config/test.mjs'), join(root, '.config/test.mjs'));
  await writeFile(join(root, 'bin/make'), fakeMake);
  await chmod(join(root, 'bin/make'), 0o755);
  await writeFile(join(root, 'node_modules/jest/bin/jest.js'), fakeJest);
});

afterAll(() => rm(root, { recursive: true, force: true }));

function totals(
  said: { unit: unknown; e2e: unknown },
  failing = '',
): { line: string | undefined; status: number | null } {
  const env = {
    ...process.env,
    PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
    FAILING: failing,
    RESULTS: JSON.stringify({ faults: results(0), load: results(0), ...said }),
  };
  const { stdout, status } = spawnSync(process.execPath, ['.config/test.mjs'], { cwd: root, env, encoding: 'utf8' });
  return { line: stdout.trimEnd().split('\n').at(-1), status };
}

test('six checks and all tests count as passed', () => {
  expect(totals({ unit: results(10), e2e: results(2) })).toEqual({ line: '18 passed, 0 failed', status: 0 });
});

test('skipped tests are told', () => {
  expect(totals({ unit: results(10, 0, 0, 3), e2e: results(2) }).line).toBe('18 passed, 0 failed, 3 skipped');
});

test.each([
  ['a check', 'lint', results(10), '17 passed, 1 failed'],
  ['the build, and what needs it', 'build', results(10), '15 passed, 1 failed'],
  ['a test', '', results(9, 1), '17 passed, 1 failed'],
  ['a file that does not load', '', results(10, 0, 1), '18 passed, 1 failed'],
  ['a jest that ends badly after all tests have passed', '', { ...results(10), dies: true }, '18 passed, 1 failed'],
  ['a jest without results', '', 'silent', '8 passed, 1 failed'],
])('%s that fails is counted', (_what, failing, unit, line) => {
  expect(totals({ unit, e2e: results(2) }, failing)).toEqual({ line, status: 1 });
});
