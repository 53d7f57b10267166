import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/**
 * Tells of files below a directory that were written, replaced or removed, also in directories that come later. One watch a
 * directory: on Linux the recursive one of Node 20 loses a file once an editor has replaced it by renaming another.
 */
export class DirectoryWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onFile: (file: string) => void;

  private constructor(onFile: (file: string) => void) {
    this.#onFile = onFile;
  }

  /**
   * Settles when every directory that is there is watched.
   * @param onFile gets absolute paths; a file may be told of several times for one save, and need not be there
   * @throws CliError USAGE when it is no directory, ERROR when it cannot be watched
   */
  static async open(directory: string, onFile: (file: string) => void): Promise<DirectoryWatch> {
    const it = new DirectoryWatch(onFile);
    const found = await stat(directory).catch(() => undefined);
    if (found?.isDirectory() !== true) throw new CliError(ExitCode.USAGE, `${directory}: there is no such directory`);
    await it.#add(directory, () => undefined);
    return it;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Watches first and looks then, so that nothing slips through between the two. */
  async #add(directory: string, onFound: (file: string) => void): Promise<void> {
    if (this.#watchers.has(directory)) return;
    this.#watchers.set(directory, this.#watched(directory));
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = path.join(directory, entry.name);
      if (!entry.isDirectory()) onFound(name);
      else if (!isPassedOver(entry.name)) await this.#add(name, onFound);
    }
  }

  #watched(directory: string): FSWatcher {
    try {
      const watcher = watch(directory, (_, name) => void this.#changed(directory, name));
      watcher.on('error', () => this.#remove(directory));
      return watcher;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const hint = code === 'ENOSPC' ? 'the system allows no more watches: raise fs.inotify.max_user_watches' : '';
      throw new CliError(ExitCode.ERROR, `${directory} cannot be watched: ${message}`, hint, { cause: error });
    }
  }

  async #changed(directory: string, name: string | null): Promise<void> {
    if (name === null || isPassedOver(name)) return;
    const changed = path.join(directory, name);
    const found = await stat(changed).catch(() => undefined);
    if (found?.isDirectory() === true) {
      // A directory that cannot be watched any more is no reason to stop.
      await this.#add(changed, this.#onFile).catch(() => undefined);
      return;
    }
    if (found === undefined) this.#remove(changed);
    this.#onFile(changed);
  }

  #remove(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }
}

/** What no handler module lies in. */
function isPassedOver(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}
