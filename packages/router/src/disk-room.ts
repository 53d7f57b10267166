import { statfs } from 'node:fs/promises';

/** It has to be so much over the reserve to be roomy again, as a part of it: else it would change with every commit. */
const MARGIN = 1 / 8;

const QUIET_TICKS = 4;

/** What a mailbox asks before it takes what would have to be stored. */
export interface Room {
  /** True while less than the reserve is free: what is left is for acks, receipts and the ends of messages. */
  readonly isTight: boolean;
}

export interface DiskRoomOptions {
  /** Any directory on the file system of the store. */
  readonly directory: string;
  /** Bytes; 0 = never tight. */
  readonly reserve: number;
  /** It has become tight, or roomy again. */
  readonly onChange: (isTight: boolean, freeBytes: number) => void;
  /** Bytes that this process may still write; default: asks the file system. */
  readonly free?: (directory: string) => Promise<number>;
}

/**
 * Watches how much is free where the store lies. Between two looks nobody asks the disk, so the reserve must hold what is
 * written in that time. Free pages within the data file do not count: they are used first, and last longer than they look.
 */
export class DiskRoom implements Room {
  readonly reserve: number;
  isTight = false;
  /** As last looked at; Infinity before, or where the file system does not tell. */
  freeBytes = Infinity;
  readonly #options: DiskRoomOptions;
  #isLooking = false;
  #commits = -1;
  #ticksLeft = 0;

  constructor(options: DiskRoomOptions) {
    this.#options = options;
    this.reserve = options.reserve;
  }

  /** Looks, unless this node has written nothing since it did: then others alone may fill the disk, and every fourth call is enough. @param commits of the store so far */
  tick(commits: number): void {
    this.#ticksLeft--;
    if (commits === this.#commits && !this.isTight && this.#ticksLeft > 0) return;
    this.#commits = commits;
    this.#ticksLeft = QUIET_TICKS;
    void this.look();
  }

  /** Looks, unless it is looking. A file system that does not answer leaves it as it was. */
  async look(): Promise<void> {
    if (this.reserve === 0 || this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.freeBytes = await (this.#options.free ?? freeOf)(this.#options.directory);
    } catch {
      return; // gone or not asked: a commit will find out
    } finally {
      this.#isLooking = false;
    }
    const enough = this.isTight ? this.reserve * (1 + MARGIN) : this.reserve;
    const isTight = this.freeBytes < enough;
    if (isTight === this.isTight) return;
    this.isTight = isTight;
    this.#options.onChange(isTight, this.freeBytes);
  }
}

async function freeOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Of a node that has no disk, or does not mind. */
export const endlessRoom: Room = Object.freeze({ isTight: false });
