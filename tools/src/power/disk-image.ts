import type { Random } from '../crash/random.js';
import { dataOf, numbersOf } from './strace.js';
import type { SystemCall } from './strace.js';

/** What the disk can tear a write apart into. */
const PAGE = 4096;

interface Write {
  readonly offset: number;
  readonly bytes: Buffer;
  readonly ended: number;
}

/**
 * The data file as a disk holds it: what was flushed is there, what was only written may be. A write is flushed by an
 * `fdatasync` or `fsync` that began after it had ended, or by itself where the file is open with O_DSYNC.
 */
export class DiskImage {
  #bytes = Buffer.alloc(1 << 20);
  #size = 0;
  /** Written and not flushed, oldest first. */
  #written: Write[] = [];
  readonly #offsets = new Map<number, number>();
  readonly #synchronous = new Set<number>();
  /** The name of the file is on the disk too: its directory was flushed after it was made. */
  isNamed = false;
  /** Flushes that have ended. */
  flushes = 0;

  /** A call on the data file, in the order of their ends. @throws for one that it does not know */
  take(call: SystemCall): void {
    const { name, fd, result } = call;
    if (result < 0) return;
    switch (name) {
      case 'openat':
        this.#offsets.set(result, 0);
        if (/\bO_D?SYNC\b/.test(call.args)) this.#synchronous.add(result);
        else this.#synchronous.delete(result);
        return;
      case 'lseek':
        this.#offsets.set(fd, result);
        return;
      case 'pwrite64':
      case 'pwritev':
      case 'pwritev2': {
        const offset = name === 'pwritev2' ? numbersOf(call).at(-2) : numbersOf(call).at(-1);
        return this.#write(call, offset ?? 0);
      }
      case 'write':
      case 'writev': {
        const offset = this.#offsets.get(fd) ?? 0;
        this.#offsets.set(fd, offset + result);
        return this.#write(call, offset);
      }
      case 'fdatasync':
      case 'fsync':
        return this.#flush(call.begun);
      case 'close':
        return;
      default:
        throw new Error(`${name} on the data file: the power test does not know what that leaves on the disk`);
    }
  }

  /** A call on the directory of the data file. */
  takeDirectory({ name, result }: SystemCall): void {
    if (name === 'fsync' && result === 0 && this.#offsets.size > 0) this.isNamed = true;
  }

  /** What is there when the power is cut now. Of what was not flushed, `torn` draws which pages have reached the disk; without it none has. */
  after(torn?: Random): Buffer {
    const kept = this.#written.flatMap((write) => (torn === undefined ? [] : piecesOf(write, torn)));
    const size = kept.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes.length), this.#size);
    const image = Buffer.alloc(size);
    this.#bytes.copy(image, 0, 0, this.#size);
    for (const { offset, bytes } of kept) bytes.copy(image, offset);
    return image;
  }

  #write(call: SystemCall, offset: number): void {
    const write = { offset, bytes: dataOf(call).subarray(0, call.result), ended: call.ended };
    if (this.#synchronous.has(call.fd)) this.#land(write);
    else this.#written.push(write);
  }

  #flush(begun: number): void {
    this.flushes++;
    const later: Write[] = [];
    for (const write of this.#written) {
      if (write.ended < begun) this.#land(write);
      else later.push(write);
    }
    this.#written = later;
  }

  #land({ offset, bytes }: Write): void {
    const end = offset + bytes.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(2 * end);
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, offset);
    this.#size = Math.max(this.#size, end);
  }
}

/** The pages of a write that have reached the disk by themselves. */
function piecesOf({ offset, bytes, ended }: Write, torn: Random): Write[] {
  const pieces: Write[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Math.min(PAGE - ((offset + at) % PAGE), bytes.length - at);
    if (torn.chance(0.5)) pieces.push({ offset: offset + at, bytes: bytes.subarray(at, at + length), ended });
    at += length;
  }
  return pieces;
}

/** Where LMDB keeps its three meta records (two of commits, one of the last flush), and in each the id of the boot that wrote it. */
const META_OFFSETS = [0, PAGE, PAGE / 2];
const BOOT_ID_OFFSET = 160;
const MAGIC_OFFSET = 24;
const MAGIC = 0xbeefc0de;

/**
 * A power cut is followed by another boot, and LMDB goes by the id of the boot: after a kill it opens its last commit,
 * after a power cut the last that was flushed. This lets `image` be of another boot than the one we are in.
 *
 * @throws Error where LMDB's layout is another
 */
export function ofAnotherBoot(image: Buffer): void {
  const magic = image.length >= PAGE ? image.readUInt32LE(MAGIC_OFFSET) : 0;
  // 0: its first page was not flushed
  if (magic !== 0 && magic !== MAGIC) throw new Error('LMDB writes its meta pages otherwise than the power test knows');
  for (const meta of META_OFFSETS) {
    const at = meta + BOOT_ID_OFFSET;
    if (at + 8 <= image.length) image.writeBigInt64LE(image.readBigInt64LE(at) ^ 0x5555n, at);
  }
}
