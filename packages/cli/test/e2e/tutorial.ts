import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { binary, CommandLine, Running } from './command-line.js';

/**
 * A page that is run from its own text. A fence `ts` or `json` whose first line is a comment with a path is a file that the reader
 * writes. A fence `console` is a terminal: `$ ` begins a command, what follows is what it prints. `console NAME` is another terminal,
 * whose command goes on while the page does; `^C` there ends it.
 */
export type Step =
  | { readonly what: 'file'; readonly line: number; readonly file: string; readonly text: string }
  | {
      readonly what: 'command';
      readonly line: number;
      readonly terminal: string;
      /** '' where an earlier command of that terminal goes on. */
      readonly command: string;
      readonly prints: readonly string[];
    };

/** The steps of a page, in order. */
export function stepsOf(page: string): Step[] {
  const steps: Step[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, language = '', terminal = ''] = /^```(\S+) ?(.*)$/.exec(lines[at] ?? '') ?? [];
    if (language === '') continue;
    const end = lines.indexOf('```', at + 1);
    const body = lines.slice(at + 1, end);
    if (language === 'console') steps.push(...commandsOf(body, terminal, at + 2));
    else steps.push(...fileOf(body, at + 2));
    at = end;
  }
  return steps;
}

function commandsOf(body: readonly string[], terminal: string, first: number): Step[] {
  const steps: (Step & { what: 'command' })[] = [];
  for (const [index, text] of body.entries()) {
    const line = first + index;
    if (text.startsWith('$ ') || text === '^C')
      steps.push({ what: 'command', line, terminal, command: text.replace(/^\$ /, ''), prints: [] });
    else if (steps.length === 0) steps.push({ what: 'command', line, terminal, command: '', prints: [text] });
    else (steps.at(-1)!.prints as string[]).push(text);
  }
  return steps;
}

function fileOf(body: readonly string[], line: number): Step[] {
  const file = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(body[0] ?? '')?.[1];
  return file === undefined ? [] : [{ what: 'file', line, file, text: `${body.slice(1).join('\n')}\n` }];
}

/** The page says `you`. */
const reader = new RegExp(`\\b${userInfo().username}\\b`, 'g');

/** Whoever follows a page: a directory, a home, and terminals. */
export class Reader {
  readonly line: CommandLine;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #terminals = new Map<string, { running: Running; read: number }>();
  #lastCode = 0;

  private constructor(line: CommandLine, environment: Readonly<Record<string, string>>) {
    this.line = line;
    this.#environment = environment;
  }

  /** @param environment what makes the page's router take other ports than the page says */
  static async make(environment: Readonly<Record<string, string>>): Promise<Reader> {
    const line = await CommandLine.make();
    const bin = path.join(line.directory, '.bin');
    await mkdir(bin);
    await writeFile(path.join(bin, 'mailbeam'), `#!/bin/sh\nexec '${process.execPath}' '${binary}' "$@"\n`);
    await chmod(path.join(bin, 'mailbeam'), 0o755);
    const search = `${bin}:${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
    return new Reader(line, { ...environment, PATH: search, HOME: line.directory });
  }

  /** Does what a step says. Rejects, naming the line, where something else is printed. */
  async follow(step: Step): Promise<void> {
    if (step.what === 'file') {
      const file = path.join(this.line.directory, step.file);
      await mkdir(path.dirname(file), { recursive: true });
      return writeFile(file, step.text);
    }
    if (step.terminal !== '') return this.#goOn(step);
    const { code, printed } = await this.#run(step.command);
    this.#lastCode = code;
    const wrong = difference(step.prints, printed.split('\n').slice(0, -1));
    if (wrong !== '') throw new Error(`line ${step.line}: ${step.command}\n${wrong}\nprinted:\n${printed}`);
  }

  async dispose(): Promise<void> {
    for (const { running } of this.#terminals.values()) running.process.kill('SIGKILL');
    await this.line.dispose();
  }

  async #run(command: string): Promise<{ code: number; printed: string }> {
    const running = this.#spawn(`{ (exit ${this.#lastCode}); ${command}\n} 2>&1`);
    running.endInput();
    const { code, stdout } = await running.finished;
    return { code: code ?? 255, printed: stdout.replace(reader, 'you') };
  }

  async #goOn({ terminal, command, prints, line }: Step & { what: 'command' }): Promise<void> {
    if (command === '^C') {
      const { running } = this.#terminals.get(terminal)!;
      running.process.kill('SIGINT');
      await running.finished;
    } else if (command !== '') {
      this.#terminals.set(terminal, { running: this.#spawn(`exec ${command} 2>&1`), read: 0 });
    }
    const at = this.#terminals.get(terminal);
    if (at === undefined) throw new Error(`line ${line}: nothing runs in the terminal ${terminal}`);
    for (const text of prints.filter((one) => one !== '' && one !== '…'))
      at.read = await printedAfter(at.running, at.read, text, line);
  }

  #spawn(script: string): Running {
    return new Running(
      spawn('bash', ['-c', script], { cwd: this.line.directory, env: this.#environment, stdio: 'pipe' }),
    );
  }
}

/** Where a line that looks like `text` ends, after `from`. */
async function printedAfter(running: Running, from: number, text: string, line: number): Promise<number> {
  const pattern = `.*${patternOf(text)}.*\\n`;
  try {
    const match = await running.shows('stdout', new RegExp(`^[^]{${from}}[^]*?(?<=^|\\n)${pattern}`));
    return match[0].length;
  } catch (error) {
    throw new Error(`line ${line}: '${text}' was not printed`, { cause: error });
  }
}

/** '' where the lines are as expected; `…` stands for anything, on a line of its own for any lines. */
function difference(expected: readonly string[], printed: readonly string[]): string {
  const pattern = expected.map((text) => (text === '…' ? '(?:.*\\n)*?' : `${patternOf(text)} *\\n`)).join('');
  if (new RegExp(`^${pattern}$`).test(printed.map((text) => `${text}\n`).join(''))) return '';
  return `expected:\n${expected.join('\n')}`;
}

/** What differs from run to run may differ: times, ports, hashes, ids; and blanks, which depend on them. */
function patternOf(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\b\d+(?:\\\.\d+)? (ms|s|min|h)\b/g, '\\d+(?:\\.\\d+)? (?:ms|s|min|h)(?: \\d+ (?:s|min))?')
    .replace(/\b\d\d:\d\d(?::\d\d)?\b/g, '\\d\\d:\\d\\d(?::\\d\\d)?')
    .replace(/127\\\.0\\\.0\\\.1:\d+/g, '127\\.0\\.0\\.1:\\d+')
    .replace(/\\\+[0-9a-f]{7}\b/g, '\\+[0-9a-f]{7}')
    .replace(/ +/g, ' +')
    .replace(/…/g, '.*');
}
