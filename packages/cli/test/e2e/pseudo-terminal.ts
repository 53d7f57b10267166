import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { ScreenEmulator } from '../chat/screen-emulator.js';
import { binary } from './command-line.js';
import type { CommandLine } from './command-line.js';

/** Whether this machine has the `script` of util-linux, which runs a command in a pseudo-terminal. */
export const hasTerminals = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');

/** A shell in a pseudo-terminal of the kernel that runs one `mailbeam`, and then says how it ended. */
export class PseudoTerminal {
  readonly screen: ScreenEmulator;
  readonly finished: Promise<void>;
  readonly #child: ChildProcess;

  constructor(line: CommandLine, args: readonly string[], columns = 80, rows = 24) {
    this.screen = new ScreenEmulator(columns, rows);
    const command = [
      `stty rows ${rows} cols ${columns}`,
      'echo "tty $(tty)"',
      `sh -c 'echo "pid $$"; exec "$0" "$@"' ${[process.execPath, binary, ...args].join(' ')}`,
      'echo "exit $?"',
      'echo "modes $(stty -a | grep -oE -e \'-?(icanon|echo|isig)\\b\' | xargs)"',
    ];
    this.#child = spawn('script', ['-q', '-f', '-e', '-c', command.join('; '), '/dev/null'], {
      cwd: line.directory,
      env: { PATH: process.env['PATH'] ?? '', HOME: line.directory, TERM: 'xterm', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout!.on('data', (chunk: Buffer) => this.screen.stream.write(chunk));
    this.finished = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  async press(keys: string, pattern: RegExp): Promise<void> {
    this.#child.stdin!.write(keys);
    await this.screen.shows(pattern);
  }

  /** Kills the `mailbeam`, and nobody else. */
  kill(signal: NodeJS.Signals): void {
    process.kill(Number(this.#word('pid')), signal);
  }

  /** Makes the terminal another size, as a person who drags its corner. */
  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    execFileSync('stty', ['-F', this.#word('tty'), 'rows', String(rows), 'cols', String(columns)]);
  }

  dispose(): Promise<void> {
    this.#child.stdin!.end();
    this.#child.kill('SIGKILL');
    return this.finished;
  }

  /** What the shell said before the command took the screen. */
  #word(name: string): string {
    const line = this.screen.linesBefore.find((text) => text.startsWith(`${name} `));
    if (line === undefined) throw new Error(`the shell did not say its ${name}`);
    return line.slice(name.length + 1);
  }
}
