import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ModuleInfo, VersionInfo } from '@mailbeam/router';
import { versionsLines } from '../../src/code/versions-text.js';
import { ExitCode } from '../../src/exit-code.js';
import { runMailbeam } from '../../src/program.js';
import { FakeCodeServer } from './fake-code-server.js';
import { RecordedOutput } from './recorded-output.js';

const day = 86_400_000;
const now = 100 * day;

const version = (name: string, given: Partial<VersionInfo>): VersionInfo => ({
  ...{ version: name, status: 'old', builtIn: false, instances: 0, loadedAt: now - day, by: 'ann' },
  ...{ handled: 0, crashes: 0, rejects: 0 },
  ...given,
});

const counter: ModuleInfo = {
  ...{ kind: 'service', name: 'counter', live: '1.1.0', file: 'counter.ts', drift: 'changed on disk' },
  versions: [
    version('1.2.0', { status: 'canary', instances: 50, loadedAt: now - 12_000 }),
    version('1.1.0', { status: 'live', instances: 950, handled: 12_345, crashes: 2 }),
    version('1.0.0', { status: 'previous', loadedAt: now - 3 * day, idleSince: now - day, freedAt: now - day }),
    version('0.9.0', { status: 'old', loadedAt: now - 4 * day, idleSince: now - 60_000 }),
    version('0.8.0', { status: 'quarantined', loadedAt: now - 5 * day, reason: 'it took the node down twice' }),
  ],
};
const session: ModuleInfo = {
  ...{ kind: 'session', name: 'session', live: '1.0.0', file: '', drift: 'built in' },
  versions: [version('1.0.0', { status: 'live', builtIn: true, instances: 1_234 })],
};

describe('the table of versions', () => {
  test('shows each version with its actors, age, freed memory and drift, and a canary as a picture', () => {
    expect(versionsLines([counter, session], now, new RecordedOutput())).toEqual([
      'module   kind     version  status       actors  age       freed           on disk',
      'counter  service  1.2.0    canary           50  12 s',
      '                  1.1.0    live            950  1 d                       changed on disk',
      '                  1.0.0    previous          0  3 d       yes',
      '                  0.9.0    old               0  4 d       no, idle 1 min',
      '                  0.8.0    quarantined       0  5 d',
      'session  session  1.0.0    live          1,234  built in',
      '',
      'counter  ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  5.0 % on 1.2.0, the rest on 1.1.0',
    ]);
  });

  test('tells what is wrong with a version that runs', () => {
    const off = version('1.0.0', { status: 'live', fault: 'switched off after 10 overruns' });
    const lines = versionsLines([{ ...counter, versions: [off] }], now, new RecordedOutput());
    expect(lines.at(-1)).toBe('counter 1.0.0: switched off after 10 overruns');
  });

  test('says when there is nothing', () => {
    expect(versionsLines([], now, new RecordedOutput())).toEqual(['no module is loaded']);
  });

  test('shows nothing that could take over the terminal', () => {
    const evil = version('1.0.0\u001b[2J', { status: 'live' });
    const text = versionsLines([{ ...counter, versions: [evil] }], now, new RecordedOutput()).join('\n');
    expect(text).not.toContain('\u001b');
  });
});

describe('mailbeam versions', () => {
  let server: FakeCodeServer;
  let output: RecordedOutput;

  beforeEach(async () => {
    server = await FakeCodeServer.listen();
    server.modules = [counter, session];
    output = new RecordedOutput();
  });

  afterEach(() => server.close());

  const mailbeam = (...args: string[]): Promise<number> => runMailbeam([...args, ...server.flags], output);

  test('of one module shows what each version did, what is under way, and what was last', async () => {
    server.change('op-1', {
      ...{ name: 'counter', version: '1.1.0', from: '1.0.0', phase: 'kept', ended: true, moved: 7, endedAt: 2_000 },
    });
    server.change('op-2', {
      ...{ name: 'counter', version: '1.2.0', from: '1.1.0', phase: 'gating', canary: 5, moved: 50, old: 950 },
    });
    expect(await mailbeam('versions', 'counter')).toBe(0);
    expect(output.text).not.toContain('session');
    expect(output.text).toMatch(/^source {2}counter\.ts in the handlers directory$/m);
    expect(output.text).toMatch(/^0\.8\.0: it took the node down twice$/m);
    expect(output.text).toMatch(/^1\.1\.0 +ann +12,345 +2 +0$/m);
    expect(output.text).toMatch(/^counter 1\.2\.0: watching for 30 s, 5 % of the actors {2}\(op-2\)$/m);
    expect(output.text).toMatch(/^last load, .* ago: counter 1\.1\.0 is live: 7 actors moved from 1\.0\.0 in 1\.0 s$/m);
  });

  test('of a module that is not there says which there are', async () => {
    expect(await mailbeam('versions', 'conter')).toBe(ExitCode.ERROR);
    expect(output.noted).toBe('mailbeam: there is no module conter\n  there are: counter, session');
  });

  test('--json prints what the router says', async () => {
    expect(await mailbeam('versions', '--json')).toBe(0);
    expect(JSON.parse(output.text)).toEqual({ modules: [counter, session] });
  });
});
