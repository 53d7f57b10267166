/**
 * Reads an LMDB data file page by page and by itself, without LMDB: a page that is broken or missing is a loss here, where it would
 * end a process that maps the file. Little-endian, pages of 4,096 bytes, as lmdb 3.5 writes them (its liblmdb, `MDB_page_header`,
 * `MDB_meta`, `MDB_db`):
 *
 *     page   0 u64 its number   8 u64 transaction   16 u16   18 u16 flags: 1 branch, 2 leaf, 4 overflow, 8 meta
 *            20 u16 end of the node offsets (from byte 24)  22 u16   or, overflow: 20 u32 pages   24 offsets, nodes; the value
 *     meta   24 u32 magic   48 tree of free pages   96 main tree   144 u64 last page   152 u64 transaction   160 i64 boot
 *     tree   0 u32   4 u16 flags   6 u16 depth   ...   40 u64 root page (all ones: empty)
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

export const PAGE = 4096;
export const PAGE_HEADER = 24;
export const BRANCH = 1;
export const LEAF = 2;
export const OVERFLOW = 4;
const MAGIC = 0xbeefc0de;
const META_TREE = PAGE_HEADER + 72;
const META_FLAGS = PAGE_HEADER + 28;
const META_TRANSACTION = PAGE_HEADER + 128;
const META_BOOT = PAGE_HEADER + 136;
/** In the flags of a meta page: what it speaks of may not be flushed. */
const UNFLUSHED = 0x1000;
const NO_ROOT = 2n ** 64n - 1n;

/** A state of the file that a transaction has left. */
export interface Snapshot {
  readonly transaction: bigint;
  /** Root page of the main tree; undefined when it is empty. */
  readonly root: number | undefined;
}

/** What is wrong with a page, as a sentence. */
export class BadPage extends Error {
  override readonly name = 'BadPage';
}

export class DataFile {
  readonly #handle: number;
  readonly #pages: number;

  /** @throws an error of the file system */
  constructor(file: string) {
    this.#handle = openSync(file, 'r');
    this.#pages = Math.floor(fstatSync(this.#handle).size / PAGE);
  }

  close(): void {
    closeSync(this.#handle);
  }

  /** The states that the two meta pages speak of, best first: the newest, unless a power cut came before its flush. */
  snapshots(): Snapshot[] {
    const metas = [0, 1].map((number) => this.#meta(number)).filter((meta) => meta !== undefined);
    return metas.sort((a, b) => Number(a.isDoubtful) - Number(b.isDoubtful) || Number(b.transaction - a.transaction));
  }

  /**
   * A page, and those that follow it, as one value is laid out.
   * @throws BadPage
   */
  read(number: number, kind: number, pages = 1): Buffer {
    if (!(number >= 2 && number + pages <= this.#pages)) throw new BadPage(`page ${number} is not in the file`);
    const bytes = this.#bytes(number, pages);
    if (Number(bytes.readBigUInt64LE(0)) !== number) throw new BadPage(`page ${number} is another`);
    if ((bytes.readUInt16LE(18) & kind) === 0) throw new BadPage(`page ${number} is of another kind`);
    return bytes;
  }

  #bytes(number: number, pages: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(pages * PAGE);
    try {
      readSync(this.#handle, bytes, 0, bytes.length, number * PAGE);
    } catch (error) {
      throw new BadPage(`page ${number} cannot be read: ${(error as Error).message}`); // a bad sector
    }
    return bytes;
  }

  #meta(number: number): (Snapshot & { readonly isDoubtful: boolean }) | undefined {
    if (number >= this.#pages) return undefined;
    const page = this.#bytes(number, 1);
    if (page.readUInt32LE(PAGE_HEADER) !== MAGIC) return undefined;
    const isUnflushed = (page.readUInt16LE(META_FLAGS) & UNFLUSHED) !== 0;
    const isOfThisBoot = page.readBigInt64LE(META_BOOT) === thisBoot;
    const transaction = page.readBigUInt64LE(META_TRANSACTION);
    return { transaction, root: rootOf(page, META_TREE), isDoubtful: isUnflushed && !isOfThisBoot };
  }
}

/** The root page of a tree whose `MDB_db` begins at `at`. */
export function rootOf(bytes: Buffer, at: number): number | undefined {
  const root = bytes.readBigUInt64LE(at + 40);
  return root === NO_ROOT ? undefined : Number(root);
}

const thisBoot = bootOf();

/** As LMDB keeps it: the first digits of the id, up to the hyphen. */
function bootOf(): bigint {
  try {
    const [first = ''] = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').split('-');
    return BigInt(`0x${first}`);
  } catch {
    return 0n; // a system without it: nothing is of this boot
  }
}
