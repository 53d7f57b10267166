import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Command } from 'commander';
import { CommandHost } from '../../src/command-host.js';
import { addCommands } from '../../src/commands.js';
import { ExitCode } from '../../src/exit-code.js';
import { RecordedOutput } from '../code/recorded-output.js';
import { binary, CommandLine } from './command-line.js';

jest.setTimeout(60_000);

let line: CommandLine;

beforeAll(async () => {
  line = await CommandLine.make();
});

afterAll(async () => {
  await line.dispose();
});

const program = new Command('mailbeam');
addCommands(program, new CommandHost(new RecordedOutput(), () => undefined));

/** The words of every command that does something: `store check`, `alerts`. */
function namesBelow(parent: Command, before = ''): string[] {
  return parent.commands.flatMap((command) => {
    const name = before + command.name();
    const below = namesBelow(command, `${name} `);
    return doesSomething(command) ? [name, ...below] : below;
  });
}

/** commander does not say whether a command has an action of its own. */
function doesSomething(command: Command): boolean {
  return (command as unknown as { readonly _actionHandler: unknown })._actionHandler !== null;
}

describe('the help', () => {
  test.each(namesBelow(program))('of %s has a description, examples and fits a terminal', async (command) => {
    const help = await line.mailbeam([...command.split(' '), '-h']);
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(new RegExp(`^Usage: mailbeam ${command} .*\n\n\\S`));
    expect(help.stdout).toMatch(/^Examples:\n {2}\S/m);
    expect(Math.max(...help.stdout.split('\n').map((text) => text.length))).toBeLessThan(125);
  });

  test('of the whole lists every command and every exit code', async () => {
    const help = await line.mailbeam(['-h']);
    expect(program.commands.length).toBeGreaterThan(15);
    for (const command of program.commands) expect(help.stdout).toMatch(new RegExp(`^ {2}${command.name()} `, 'm'));
    for (const code of Object.values(ExitCode)) expect(help.stdout).toMatch(new RegExp(`\\b${code}  \\S`));
    expect(help.code).toBe(0);
  });

  test('is shown on standard error, with exit code 2, when no command is given', async () => {
    const nothing = await line.mailbeam([]);
    expect(nothing.code).toBe(2);
    expect(nothing.stdout).toBe('');
    expect(nothing.stderr).toMatch(/^Usage: mailbeam/);
  });
});

describe('wrong usage', () => {
  test.each([
    [['strat'], /unknown command 'strat'\n\(Did you mean start\?\)/],
    [
      ['alerts', 'slience', 'ben'],
      /^error: unknown command 'slience'\n\(Did you mean silence\?\)\n\(-h shows the help\)$/m,
    ],
    [['alerts', 'rules', 'rest'], /unknown command 'rest'\n\(Did you mean reset\?\)/],
    [['alerts', '--json', 'xyzzyx'], /unknown command 'xyzzyx'\n\(-h/],
    [['store', 'chekc'], /unknown command 'chekc'\n\(Did you mean check\?\)/],
    [['start', '--prot', '1'], /unknown option '--prot'\n\(Did you mean --port\?\)/],
    [['start', 'now'], /too many arguments/],
    [['start', '--port'], /argument missing/],
    [['store'], /Usage: mailbeam store/],
    [['config', '--port', 'x'], /port is "x" \(from flag --port\): must be a whole number from 0 to 65535/],
    [['config', '--config', 'gone.json'], /gone\.json: there is no such file/],
  ])('as in %j exits with 2 and says what is meant', async (args, message) => {
    const wrong = await line.mailbeam(args);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(message);
    expect(wrong.stdout).toBe('');
  });
});

describe('mailbeam config', () => {
  test('shows each value and where it comes from', async () => {
    await writeFile(path.join(line.directory, 'some.json'), '{ "limits": { "rate": 5, "watch": 6 }, "port": 1 }');
    const shown = await line.mailbeam(['config', '--config', 'some.json', '--port', '3'], '', {
      MAILBEAM_LIMITS_WATCH: '7',
      MAILBEAM_PORT: '2',
    });
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/^port +3 +flag --port$/m);
    expect(shown.stdout).toMatch(/^limits\.watch +7 +environment variable MAILBEAM_LIMITS_WATCH$/m);
    expect(shown.stdout).toMatch(/^limits\.rate +5 +file .*\/some\.json$/m);
    expect(shown.stdout).toMatch(/^commitDelayMs +5 +default$/m);
    expect(shown.stdout).toMatch(/^privacy\.clearNames +true +default: auth\.mode is open$/m);
  });

  test('--json has the same for programs', async () => {
    const shown = await line.mailbeam(['config', '--json', '--admin-port', '9']);
    const { config, sources, file } = JSON.parse(shown.stdout) as Record<string, Record<string, unknown>>;
    expect(config).toMatchObject({ port: 4000, admin: { port: 9 }, data: path.join(line.directory, 'data') });
    expect(sources).toMatchObject({ port: 'default', 'admin.port': 'flag --admin-port' });
    expect(file).toBeNull();
  });
});

test('a checkout that was not built says so', async () => {
  await mkdir(path.join(line.directory, 'bin'));
  const copy = path.join(line.directory, 'bin', 'mailbeam.mjs');
  await copyFile(binary, copy);
  const { status, stderr } = spawnSync(process.execPath, [copy, 'start'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/not built yet: run `make build`/);
});
