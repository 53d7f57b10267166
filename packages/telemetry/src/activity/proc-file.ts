import { closeSync, openSync, readSync } from 'node:fs';

/** A file of `/proc`, kept open: each reading is one call of the system. It never waits for a disk. */
export class ProcFile {
  readonly #fd: number | null;
  #buffer = Buffer.allocUnsafe(16 << 10);

  constructor(path: string) {
    this.#fd = opened(path);
  }

  /** What it says now; '' where the machine has no such file. */
  read(): string {
    if (this.#fd === null) return '';
    try {
      for (;;) {
        const bytes = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
        if (bytes < this.#buffer.length) return this.#buffer.toString('latin1', 0, bytes);
        this.#buffer = Buffer.allocUnsafe(this.#buffer.length * 2);
      }
    } catch {
      return ''; // pressure of a kernel that was started without it: opens, and cannot be read
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
  }
}

function opened(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}
