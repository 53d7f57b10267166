// `make test`: every check and every test, and one last line "N passed, N failed" (", N skipped" may follow).
// A check (build, types, lint, rooms, format, documents) counts as one test. Exit code 1 when anything failed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const checks = ['lint', 'rooms', 'format-check'];
const checksOfBuilt = ['types', 'docs-check'];

/** Tests that measure run few at a time; the rest, which pass at any load, use nearly all cores, and two at least. */
const most = Math.max(2, availableParallelism() - 1);
const jestRuns = [
  { project: 'unit', workers: most },
  { project: 'e2e', workers: most },
  { project: 'faults', workers: most },
  { project: 'load', workers: Math.max(1, Math.floor(availableParallelism() / 4)) },
];

/** A run that hangs is ended, and fails. */
const limitMs = 8 * 60_000;

function run(command, args) {
  // Without the variables of the make above us: a check runs as if typed by hand.
  const { MAKEFLAGS: _flags, MAKELEVEL: _level, MFLAGS: _oldFlags, ...env } = process.env;
  return spawnSync(command, args, { stdio: 'inherit', env, timeout: limitMs, killSignal: 'SIGKILL' }).status === 0;
}

function note(name, ok) {
  totals[ok ? 'passed' : 'failed'] += 1;
  if (!ok) failures.push(name);
}

function runCheck(name) {
  console.log(`-- make ${name}`);
  const ok = run('make', ['--no-print-directory', '-s', name]);
  note(`make ${name}`, ok);
  return ok;
}

function runJest({ project, workers }) {
  console.log(`-- jest, project ${project}, ${workers} at a time`);
  const output = `.cache/jest-${project}.json`;
  rmSync(output, { force: true });
  const jest = [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '-c',
    '.config/jest.config.mjs',
  ];
  const ended = run(process.execPath, [
    ...jest,
    ...['--selectProjects', project, '--maxWorkers', String(workers)],
    ...['--passWithNoTests', '--json', '--outputFile', output],
  ]);
  const before = totals.failed;
  addResults(project, output);
  if (!ended && totals.failed === before) note(`jest ${project} (ended badly)`, false);
}

function addResults(project, output) {
  let results;
  try {
    results = JSON.parse(readFileSync(output, 'utf8'));
  } catch (error) {
    console.error(`No results from jest: ${error.message}`);
    return note(`jest ${project} (no results)`, false);
  }
  totals.passed += results.numPassedTests;
  totals.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  totals.skipped += results.numPendingTests + results.numTodoTests;
  for (const suite of results.testResults) {
    if (suite.status === 'failed') failures.push(relative('.', suite.name));
  }
}

mkdirSync('.cache', { recursive: true });
rmSync('.cache/test-totals', { force: true });
for (const name of checks) runCheck(name);
if (runCheck('build')) for (const name of checksOfBuilt) runCheck(name);
for (const jestRun of jestRuns) runJest(jestRun);

for (const name of failures) console.log(`failed: ${name}`);
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
const line = `${totals.passed} passed, ${totals.failed} failed${skipped}`;
writeFileSync('.cache/test-totals', `${line}\n`);
console.log(line);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
