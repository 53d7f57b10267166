import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, of a few megabytes, in memory. Wants root. */
export class SmallDisk {
  readonly directory = mkdtempSync(join(tmpdir(), 'mailbeam-disk-'));

  private constructor() {}

  /** undefined where none may be mounted. */
  static mount(megabytes: number): SmallDisk | undefined {
    const disk = new SmallDisk();
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'mailbeam-test', disk.directory]);
    if (status === 0) return disk;
    rmSync(disk.directory, { recursive: true });
    return undefined;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  /** Takes all but `left` bytes. */
  fill(left = 0): void {
    const file = openSync(this.#filler, 'w');
    try {
      while (this.freeBytes > left) writeSync(file, Buffer.alloc(Math.min(65_536, this.freeBytes - left)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Gives it back. */
  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  get #filler(): string {
    return join(this.directory, 'filler');
  }

  dispose(): void {
    // lazily: a process that was killed may still be on its way out
    spawnSync('umount', ['-l', this.directory]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
