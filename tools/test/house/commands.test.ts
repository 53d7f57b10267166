import { expect, test } from '@jest/globals';
import {
  callsIn,
  mailbeamCommandsOf,
  makeTargetsOf,
  missingCommands,
  unknownCommands,
} from '../../src/house/commands.js';
import { parseMarkdown } from '../../src/house/markdown.js';
import { formatProblem } from '../../src/house/problem.js';

const commands = {
  makeTargets: makeTargetsOf('X := 1\nrun: build ## Run\n\t@echo x\ncrash-test:\n$(X): y\n.PHONY: run\n'),
  mailbeam: new Map([
    ['', new Set(['--help'])],
    ['start', new Set(['--port', '--help'])],
    ['store', new Set(['--help'])],
    ['store check', new Set(['--data', '--help'])],
    ['store check all', new Set(['--deep', '--help'])],
  ]),
};

const problems = (text: string) => unknownCommands([parseMarkdown('README.md', text)], commands).map(formatProblem);
const inFence = (line: string) => `\`\`\`sh\n${line}\n\`\`\``;

test('the targets of a Makefile are its lower-case ones', () => {
  expect([...commands.makeTargets]).toEqual(['run', 'crash-test']);
});

test('known commands pass, with variables, prompts, comments, pipes and placeholders', () => {
  const lines = [
    'make run ARGS="--no-such-option" # make nothing',
    '$ npx mailbeam start --port 0 && make crash-test ROUNDS=50',
    'MAILBEAM_PORT=1 mailbeam start | cat; mailbeam store check --data DIR',
    'mailbeam COMMAND -h',
    "mailbeam start '--not an option'",
    'echo make it so',
  ];
  expect(problems(lines.map(inFence).join('\n'))).toEqual([]);
});

test.each([
  ['a target', 'make walk', 'the Makefile has no target walk'],
  ['a second target', 'make run walk', 'the Makefile has no target walk'],
  ['a command', 'npx mailbeam stop', 'mailbeam has no command stop'],
  ['an option', 'mailbeam start --prot 1', 'mailbeam start has no option --prot'],
  ['an option two levels down', 'mailbeam store check all --data x', 'mailbeam store check all has no option --data'],
  ['an option of a nested command', 'mailbeam store check --port=1', 'mailbeam store check has no option --port'],
])('%s that does not exist is found in a fence and between backticks', (_what, line, message) => {
  expect(problems(inFence(line))).toEqual([`README.md:2: ${message}`]);
  expect(problems(`see \`${line}\``)).toEqual([`README.md:1: ${message}`]);
});

test('fences in other languages and plain prose are not commands', () => {
  expect(problems('make walk\n```text\nmake walk\n```\n`makes walk`')).toEqual([]);
});

test('in a session with its output only what stands behind a prompt is a command', () => {
  expect(problems('```console router\n$ mailbeam stop\nmailbeam is ready\n```')).toEqual([
    'README.md:2: mailbeam has no command stop',
  ]);
});

test('a line is cut into calls', () => {
  expect(callsIn('cd x && make a; npx mailbeam b "c d"')).toEqual([
    ['make', 'a'],
    ['mailbeam', 'b', '""'],
  ]);
});

test('commands and options are read from the help texts, nested ones too', async () => {
  const help: Record<string, string> = {
    '': 'Options:\n  -h, --help  help\n\nCommands:\n  start [options]  start it\n  store            the store\n  help [command]   help\n\nmore\n',
    start: '  --port <number>  port; see --data\n',
    store: '\nCommands:\n  check [options]  check it\n',
    'store check': '--data <dir>',
  };
  const found = await mailbeamCommandsOf((words) => Promise.resolve(help[words.join(' ')] ?? 'no such help'));
  expect([...found.keys()].sort()).toEqual(['', 'start', 'store', 'store check']);
  expect(found.get('start')).toEqual(new Set(['--port', '--data']));
});

test('a command that the table of commands does not name is found; a group is named by what is below it', () => {
  const table = (names: readonly string[]) =>
    parseMarkdown(
      'cli.md',
      ['| command | does |', '|---|---|', ...names.map((name) => `| \`mailbeam ${name}\` | it |`)].join('\n'),
    );
  expect(missingCommands(table(['start', 'store check', 'store check all']), commands)).toEqual([]);
  expect(missingCommands(table(['store']), commands).map(formatProblem)).toEqual([
    'cli.md: mailbeam start is not in the table of commands',
    'cli.md: mailbeam store check is not in the table of commands',
    'cli.md: mailbeam store check all is not in the table of commands',
  ]);
});
