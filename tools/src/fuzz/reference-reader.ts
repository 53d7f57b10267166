/**
 * A second reader of client frames, written from docs/protocol.md, section 2, alone: slow, plain, and without a line in
 * common with @mailbeam/protocol. It turns bytes into values and says what the profile forbids.
 */

/** A value, and whether there are floats or negative integers in it, which only `args` of CALL may hold. */
export type Value = { readonly loose: boolean } & (
  | { readonly t: 'uint'; readonly v: number }
  | { readonly t: 'number' }
  | { readonly t: 'str'; readonly v: string; readonly bytes: number }
  | { readonly t: 'bin'; readonly v: Uint8Array }
  | { readonly t: 'nil' }
  | { readonly t: 'bool'; readonly v: boolean }
  | { readonly t: 'array'; readonly v: readonly Value[] }
  | { readonly t: 'map'; readonly v: readonly (readonly [string, Value])[] }
);

/** One frame, or where the bytes stop to be one. `op` is -1 where it cannot be read. */
export type ReadFrame =
  | { readonly ok: true; readonly op: number; readonly fields: readonly Value[]; readonly end: number }
  | { readonly ok: false; readonly op: number; readonly why: string };

class Broken extends Error {}

const MAX_DEPTH = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the frame that begins at `start`. */
export function readFrame(bytes: Uint8Array, start: number): ReadFrame {
  const reader = new Reader(bytes, start);
  let op = -1;
  try {
    const size = reader.frameHead();
    if (size === 0) return { ok: false, op, why: 'an array without an op' };
    const first = reader.value(0);
    if (first.t !== 'uint') return { ok: false, op, why: 'the op is not a uint' };
    op = first.v;
    const fields: Value[] = [];
    for (let i = 1; i < size; i++) fields.push(reader.value(0));
    return { ok: true, op, fields, end: reader.at };
  } catch (error) {
    if (error instanceof Broken) return { ok: false, op, why: error.message };
    throw error;
  }
}

class Reader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  frameHead(): number {
    const head = this.#uint(1);
    if (head >= 0x90 && head <= 0x9f) return head - 0x90;
    if (head === 0xdc) return this.#uint(2);
    if (head === 0xdd) return this.#uint(4);
    throw new Broken('a frame is an array');
  }

  value(depth: number): Value {
    const head = this.#uint(1);
    if (head <= 0x7f) return { t: 'uint', v: head, loose: false };
    if (head <= 0x8f) return this.#map(head - 0x80, depth);
    if (head <= 0x9f) return this.#array(head - 0x90, depth);
    if (head <= 0xbf) return this.#str(head - 0xa0);
    if (head >= 0xe0) return { t: 'number', loose: true };
    switch (head) {
      case 0xc0:
        return { t: 'nil', loose: false };
      case 0xc2:
      case 0xc3:
        return { t: 'bool', v: head === 0xc3, loose: false };
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return { t: 'bin', v: this.#take(this.#uint(2 ** (head - 0xc4))), loose: false };
      case 0xca:
        this.#take(4);
        return { t: 'number', loose: true };
      case 0xcb:
        this.#take(8);
        return { t: 'number', loose: true };
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return integer(this.#big(2 ** (head - 0xcc)));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3: {
        const size = 2 ** (head - 0xd0);
        return integer(BigInt.asIntN(size * 8, this.#big(size)));
      }
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#str(this.#uint(2 ** (head - 0xd9)));
      case 0xdc:
        return this.#array(this.#uint(2), depth);
      case 0xdd:
        return this.#array(this.#uint(4), depth);
      case 0xde:
        return this.#map(this.#uint(2), depth);
      case 0xdf:
        return this.#map(this.#uint(4), depth);
      default:
        throw new Broken(`byte ${head.toString(16)} is not in the profile`);
    }
  }

  #array(size: number, depth: number): Value {
    if (depth >= MAX_DEPTH) throw new Broken('nested too deep');
    const v: Value[] = [];
    for (let i = 0; i < size; i++) v.push(this.value(depth + 1));
    return { t: 'array', v, loose: v.some((item) => item.loose) };
  }

  #map(size: number, depth: number): Value {
    if (depth >= MAX_DEPTH) throw new Broken('nested too deep');
    const v: [string, Value][] = [];
    for (let i = 0; i < size; i++) {
      const key = this.value(depth + 1);
      if (key.t !== 'str') throw new Broken('a key that is not a str');
      v.push([key.v, this.value(depth + 1)]);
    }
    return { t: 'map', v, loose: v.some(([, item]) => item.loose) };
  }

  #str(size: number): Value {
    const bytes = this.#take(size);
    try {
      return { t: 'str', v: utf8.decode(bytes), bytes: size, loose: false };
    } catch {
      throw new Broken('a str that is not UTF-8');
    }
  }

  #uint(size: number): number {
    const at = this.at;
    this.#take(size);
    return this.#bytes.readUIntBE(at, size);
  }

  #big(size: number): bigint {
    const at = this.at;
    this.#take(size);
    return size === 8 ? this.#bytes.readBigUInt64BE(at) : BigInt(this.#bytes.readUIntBE(at, size));
  }

  #take(size: number): Uint8Array {
    if (this.at + size > this.#bytes.length) throw new Broken('the message ends within a frame');
    this.at += size;
    return this.#bytes.subarray(this.at - size, this.at);
  }
}

function integer(v: bigint): Value {
  const number = Number(v);
  if (!Number.isSafeInteger(number)) throw new Broken('an integer beyond 2^53-1');
  return number >= 0 ? { t: 'uint', v: number, loose: false } : { t: 'number', loose: true };
}
