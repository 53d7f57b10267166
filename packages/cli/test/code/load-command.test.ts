import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ExitCode } from '../../src/exit-code.js';
import { runMailbeam } from '../../src/program.js';
import { FakeCodeServer } from './fake-code-server.js';
import { RecordedOutput } from './recorded-output.js';

let server: FakeCodeServer;
let output: RecordedOutput;

beforeEach(async () => {
  server = await FakeCodeServer.listen();
  output = new RecordedOutput();
});

afterEach(() => server.close());

const mailbeam = (...args: string[]): Promise<number> => runMailbeam([...args, ...server.flags], output);
const echo = { name: 'echo', kind: 'service', version: '1.1.0', from: '1.0.0' } as const;

describe('what is asked of the router', () => {
  beforeEach(() => {
    server.begin = () => ({ phase: 'kept', ended: true, ...echo });
  });

  test('is the absolute path of a file, and who asks', async () => {
    await mailbeam('load', 'handlers/echo.ts');
    const { path: route, body } = server.asked[0]!;
    expect(route).toBe('/code/load');
    expect(body['file']).toBe(path.resolve('handlers/echo.ts'));
    expect(body['by']).not.toBe('');
    expect(Object.keys(body)).toEqual(['file', 'by']);
  });

  test('is a name as it is', async () => {
    await mailbeam('load', 'echo', '--by', 'ann');
    expect(server.asked[0]!.body).toEqual({ file: 'echo', by: 'ann' });
  });

  test('has part and gate in the units of the interface', async () => {
    await mailbeam('load', 'echo', '--canary', '5%', '--gate', '2m', '--dry-run');
    expect(server.asked[0]!.body).toMatchObject({ canary: 5, gateMs: 120_000, dryRun: true });
  });

  test('is the name of what goes back', async () => {
    expect(await mailbeam('rollback', 'echo', '--by', 'ann')).toBe(0);
    expect(server.asked[0]).toEqual({ path: '/code/rollback', body: { name: 'echo', by: 'ann' } });
  });

  test.each([
    [['--canary', '0%'], /--canary 0%: must be a part/],
    [['--canary', 'half'], /must be a part/],
    [['--gate', '30'], /--gate 30: must be a time/],
    [['--gate', '-1s'], /must be a time/],
  ])('is nothing with %j', async (flags, message) => {
    expect(await mailbeam('load', 'echo', ...flags)).toBe(ExitCode.USAGE);
    expect(output.noted).toMatch(message);
    expect(server.asked).toEqual([]);
  });
});

describe('a load that is kept', () => {
  test('is told phase by phase, then in a sentence', async () => {
    server.begin = () => ({ canary: 10, gateMs: 5_000 });
    const status = mailbeam('load', 'echo');
    await server.awaited('op-1');
    server.change('op-1', { phase: 'checking' });
    await output.shows(/checking/);
    server.change('op-1', { phase: 'moving', ...echo, moved: 1, old: 9 });
    await output.shows(/moving, 10 %/);
    server.change('op-1', { phase: 'gating', moved: 1, old: 9 });
    await output.shows(/watching/);
    server.change('op-1', {
      phase: 'kept',
      ended: true,
      ...{ moved: 10, old: 0, endedAt: 7_500, reason: 'crash rate 0 % against 0 %' },
    });
    expect(await status).toBe(0);
    expect(output.notes).toEqual([
      'echo.ts: compiling',
      'echo.ts: checking in a thread of its own',
      'echo 1.1.0: moving, 10 % of the actors',
      'echo 1.1.0: watching for 5 s, 10 % of the actors',
    ]);
    expect(output.lines).toEqual([
      'echo 1.1.0 is live: 10 actors moved from 1.0.0 in 6.5 s',
      '  crash rate 0 % against 0 %',
    ]);
  });

  test('is shown on a terminal in one line, with a bar and the seconds that are left', async () => {
    output = new RecordedOutput(true);
    server.begin = () => ({ phase: 'gating', ...echo, moved: 50, old: 40, failed: 10 });
    const status = mailbeam('load', 'echo');
    await output.shows(/echo 1\.1\.0: watching, 30 s left {2}█{10}░{10} 50 moved, 40 still old, 10 failed/);
    await server.awaited('op-1');
    server.change('op-1', { phase: 'kept', ended: true });
    expect(await status).toBe(0);
    expect(output.notes).toEqual([]);
  });

  test('is one object with --json', async () => {
    server.begin = () => ({ phase: 'kept', ended: true, ...echo });
    expect(await mailbeam('load', 'echo', '--json')).toBe(0);
    expect(output.lines).toHaveLength(1);
    expect(JSON.parse(output.text)).toMatchObject({ id: 'op-1', phase: 'kept', version: '1.1.0' });
  });

  test('is not awaited with --detach', async () => {
    expect(await mailbeam('load', 'echo', '--detach')).toBe(0);
    expect(output.text).toMatch(/^op-1: it goes on in the router$/);
  });
});

describe('a load that goes wrong', () => {
  test('and is taken back says why, and what is live', async () => {
    server.begin = () => ({
      ...{ phase: 'rolled_back', ended: true, ...echo },
      problem: { code: 'gate_failed', message: 'crash rate 1.1 % (11 of 1,003) against 0 %', retryable: false },
    });
    expect(await mailbeam('load', 'echo')).toBe(ExitCode.ROLLED_BACK);
    expect(output.notes).toEqual([
      'echo 1.1.0 was taken back; echo 1.0.0 is live',
      '  crash rate 1.1 % (11 of 1,003) against 0 %',
    ]);
    expect(output.lines).toEqual([]);
  });

  test('in the compiler shows the line and a caret below the column', async () => {
    const file = path.resolve('handlers/echo.ts');
    server.begin = () => ({
      ...{ phase: 'failed', ended: true },
      problem: {
        ...{ code: 'compile_failed', message: `the module does not compile: ${file}:12:8: Expected`, retryable: false },
        locations: [{ file, line: 12, column: 8, lineText: '\tconst x y;', text: 'Expected ";"' }],
      },
    });
    expect(await mailbeam('load', 'handlers/echo.ts')).toBe(ExitCode.REFUSED);
    expect(output.notes).toEqual([
      'echo.ts did not go live; nothing was changed',
      '  the module does not compile',
      '  handlers/echo.ts:12:8: Expected ";"',
      '    12 |  const x y;',
      '       |        ^',
    ]);
  });

  test('before there is an operation says the reason and whether to try again', async () => {
    const detail = 'another operation is under way: load of echo 1.2.0 (op-7)';
    server.begin = () => ({ status: 409, error: 'operation_in_progress', detail, retryable: true });
    expect(await mailbeam('load', 'echo')).toBe(ExitCode.REFUSED);
    expect(output.notes).toEqual([detail, '  the same command may succeed later']);
  });

  test('because the file lies elsewhere is not taken for a wrong token', async () => {
    const detail = 'the file is outside the handlers directory: /tmp/x.ts';
    server.begin = () => ({ status: 403, error: 'outside_handlers', detail });
    expect(await mailbeam('load', '/tmp/x.ts')).toBe(ExitCode.REFUSED);
    expect(output.notes).toEqual([detail]);
  });

  test('because of the token ends with 5', async () => {
    expect(await runMailbeam(['load', 'echo', '--admin', server.url, '--admin-token', 'wrong'], output)).toBe(
      ExitCode.CLOSED,
    );
  });
});

test('a dry run shows shapes before and after as a table', async () => {
  server.begin = () => ({
    ...{ phase: 'checked', ended: true, ...echo },
    dryRunReport: {
      ...{ instances: 5_000, tried: 1_000, wouldMove: 990, wouldThrow: 10, errors: ["TypeError: no 'total'"] },
      shapes: [
        { before: '{ total: number }', after: '{ total: number, since: string }', count: 900 },
        { before: '{}', after: '{}', count: 90 },
      ],
    },
  });
  expect(await mailbeam('load', 'echo', '--dry-run')).toBe(0);
  expect(output.lines).toEqual([
    'echo 1.1.0 passes its check; nothing was changed',
    '  tried on copies of 1,000 of 5,000 states: 990 would move, 10 would throw',
    "    TypeError: no 'total'",
    '  states  shape before       shape after',
    '     900  { total: number }  { total: number, since: string }',
    '      90  {}                 the same',
  ]);
});

describe('a router that dies on the way', () => {
  const begun = { phase: 'gating', ...echo } as const;

  test('is asked again until another is there, and what that one makes of it is followed', async () => {
    server.begin = () => begun;
    const status = mailbeam('load', 'echo');
    await server.awaited('op-1');
    await server.restart(() => output.shows(/no router answers .*; asking again/));
    server.change('op-9', {
      what: 'resume',
      ...echo,
      phase: 'rolled_back',
      ended: true,
      reason: 'it took the node down',
    });
    expect(await status).toBe(ExitCode.ROLLED_BACK);
    expect(output.noted).toMatch(/echo 1\.1\.0 was taken back; echo 1\.0\.0 is live\n {2}it took the node down$/);
  });

  test('and has taken it back by then is told by what is live', async () => {
    server.begin = () => begun;
    server.modules = [{ ...echo, live: '1.0.0', file: 'echo.ts', drift: 'same', versions: [] }];
    const status = mailbeam('load', 'echo');
    await server.awaited('op-1');
    await server.restart(() => output.shows(/asking again/));
    expect(await status).toBe(ExitCode.ROLLED_BACK);
    expect(output.noted).toMatch(/1\.1\.0 was taken back; echo 1\.0\.0 is live\n {2}the node died meanwhile/);
  });

  test('and knows nothing of it then says how to find out', async () => {
    server.begin = () => begun;
    const status = mailbeam('load', 'echo');
    await server.awaited('op-1');
    await server.restart(() => output.shows(/asking again/));
    expect(await status).toBe(ExitCode.ERROR);
    expect(output.noted).toMatch(
      /does not know of this load any more\n {2}`mailbeam versions echo` shows what is live$/,
    );
  });
});
