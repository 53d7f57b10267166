import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Operation } from '@mailbeam/router';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { CliError } from '../cli-error.js';
import { configFor } from '../config-in-force.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { CodeAccess, problemIn } from './code-access.js';
import { problemLines, shownFile } from './code-frame.js';
import { DirectoryWatch } from './directory-watch.js';
import { follow } from './follow.js';
import { whoAmI } from './load-command.js';
import { count, endLines, subjectOf, tookText } from './operation-text.js';
import { SavedFiles } from './saved-files.js';

export interface WatchFlags extends AdminFlags {
  readonly by?: string;
}

/** Between two questions about a load: it is over in milliseconds, and somebody waits for it. */
const pauseMs = 10;

/** `mailbeam watch`: for development. Loads what is saved; goes on after errors, until a signal. */
export async function watchCommand(given: string | undefined, flags: WatchFlags, output: Output): Promise<ExitStatus> {
  const directory = given ?? (await configFor(flags)).config.code.handlers;
  const access = new CodeAccess(await adminAccess(flags));
  await access.versions(); // a router that does not answer is told now, not at the first save
  const saved = new SavedFiles();
  const watch = await DirectoryWatch.open(path.resolve(directory), (file) => saved.saw(file));
  const stop = new AbortController();
  const onSignal = (): void => {
    saved.close();
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, onSignal);
  output.note(`watching ${shownFile(path.resolve(directory))}: save a file, and it is live. Ctrl-C ends it`);
  const loader = new SaveLoader(access, flags.by ?? whoAmI(), stop.signal, output);
  try {
    for (let file = await saved.next(); file !== undefined; file = await saved.next()) await loader.load(file);
  } finally {
    watch.close();
  }
  return ExitCode.OK;
}

/** Loads files that were saved, and tells in a line what became of each. */
class SaveLoader {
  readonly #access: CodeAccess;
  readonly #by: string;
  readonly #signal: AbortSignal;
  readonly #output: Output;
  /** By file: the hash of what was loaded last. */
  readonly #loaded = new Map<string, string>();
  /** Modules whose last load went wrong: a part that they import may be what was mended. */
  readonly #failing = new Set<string>();

  constructor(access: CodeAccess, by: string, signal: AbortSignal, output: Output) {
    this.#access = access;
    this.#by = by;
    this.#signal = signal;
    this.#output = output;
  }

  async load(file: string): Promise<void> {
    const source = await readFile(file).catch(() => undefined);
    if (source === undefined) {
      this.#failing.delete(file);
      if (this.#loaded.delete(file)) this.#say(`${shownFile(file)} is gone; what was loaded from it stays live`);
      return;
    }
    const hash = createHash('sha256').update(source).digest('hex');
    if (this.#loaded.get(file) === hash) return;
    try {
      if (hasDefaultExport(source.toString())) await this.#loadModule(file, file, hash);
      else await this.#loadImporters(file);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      this.#failed([error.message, ...(error.hint === '' ? [] : [error.hint])]);
    }
  }

  /** A part that modules import: those whose live version was made from another text of it, and those that failed. */
  async #loadImporters(part: string): Promise<void> {
    const modules = await this.#access.versions();
    const names = modules.flatMap(({ drift, file }) => (drift === 'changed on disk' ? [file] : []));
    const failing = [...this.#failing].filter((file) => !names.some((name) => file.endsWith(path.sep + name)));
    if (names.length + failing.length === 0) this.#say(`${shownFile(part)}: no module that is live imports it`);
    for (const file of [...names, ...failing]) await this.#loadModule(file, path.isAbsolute(file) ? file : undefined);
  }

  async #loadModule(file: string, absolute: string | undefined, hash?: string): Promise<void> {
    const began = performance.now();
    const wentWell = await this.#ended(file).then(
      (operation) => this.#show(operation, performance.now() - began),
      (error: unknown) => {
        const problem = problemIn(error);
        if (problem === undefined) throw error;
        this.#failed([`${shownFile(file)} did not go live`, ...indented(problemLines(problem, this.#output))]);
        return false;
      },
    );
    if (absolute === undefined) return;
    if (wentWell) {
      this.#failing.delete(absolute);
      if (hash !== undefined) this.#loaded.set(absolute, hash);
    } else {
      this.#failing.add(absolute);
      this.#loaded.delete(absolute);
    }
  }

  async #ended(file: string): Promise<Operation> {
    let last = await this.#access.load({ file, dev: true, gateMs: 0, by: this.#by });
    const onLost = (reason: string): void => this.#failed([reason]);
    for await (const operation of follow(this.#access, last, { signal: this.#signal, onLost, pauseMs }))
      last = operation;
    return last;
  }

  #show(operation: Operation, ms: number): boolean {
    if (operation.phase === 'kept') {
      const { moved } = operation;
      const live = this.#output.style('green', `${subjectOf(operation)} is live`);
      const actors = moved === 0 ? '' : `, ${count(moved)} ${moved === 1 ? 'actor' : 'actors'} moved`;
      this.#say(`${live} after ${tookText(ms)}${actors}`);
      return true;
    }
    if (operation.ended) this.#failed(endLines(operation, this.#output));
    return false;
  }

  #say(text: string): void {
    this.#output.line(`${this.#output.style('dim', timeText())}  ${text}`);
  }

  #failed([first = '', ...more]: readonly string[]): void {
    this.#output.note(`${timeText()}  ${first}`);
    for (const line of more) this.#output.note(line);
  }
}

function hasDefaultExport(source: string): boolean {
  return /\bexport\s+default\b|\bexport\s*\{[^}]*\bdefault\b|\bmodule\.exports\b|\bexports\.default\b/.test(source);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** `14:03:05` in local time. */
function timeText(): string {
  return new Date().toTimeString().slice(0, 8);
}
