import { open, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { CodeEvent } from './code-event.js';
import { isMissing } from './handler-file.js';

/**
 * One JSON object a line, each on disk before the next is written, so that the last line is never torn by another. When the
 * file has `mostBytes` it becomes `FILE.1`, in the place of the one before.
 */
export class AuditLog {
  readonly #path: string;
  readonly #mostBytes: number;
  readonly #onLost: (error: unknown) => void;
  #file: FileHandle | undefined;
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @param onLost a line could not be written */
  constructor(path: string, mostBytes: number, onLost: (error: unknown) => void) {
    this.#path = path;
    this.#mostBytes = mostBytes;
    this.#onLost = onLost;
  }

  write(event: CodeEvent): void {
    const line = `${JSON.stringify(event)}\n`;
    this.#writing = this.#writing.then(() => this.#append(line)).catch(this.#onLost);
  }

  /** What was written so far is on disk. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #append(line: string): Promise<void> {
    this.#file ??= await this.#open();
    if (this.#bytes > 0 && this.#bytes + line.length > this.#mostBytes) {
      await this.#file.close();
      this.#file = undefined;
      await rename(this.#path, `${this.#path}.1`);
      this.#file = await this.#open();
    }
    await this.#file.appendFile(line);
    await this.#file.sync();
    this.#bytes += Buffer.byteLength(line);
  }

  async #open(): Promise<FileHandle> {
    this.#bytes = await sizeOf(this.#path);
    return open(this.#path, 'a', 0o600);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
