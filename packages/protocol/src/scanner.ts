import { limits } from './limits.js';
import type { NameCache } from './names.js';
import { isUtf8, readText } from './utf8.js';

const none = new Uint8Array(0);

/**
 * Reads MessagePack values of the protocol's profile (protocol, "Frames") from left to right. Every method either
 * reads one thing and moves `at` behind it, or sets `fault`, returns the value that stands for a refusal (-1, false or
 * undefined) and leaves `at` at what it refused. Nothing is allocated but the strings asked for.
 *
 * ```
 * uint   00..7f | cc u8 | cd u16 | ce u32 | cf u64, also d0..d3 where the value is not negative
 * str    a0..bf | d9 len8 | da len16 | db len32     bin    c4 len8 | c5 len16 | c6 len32
 * array  90..9f | dc n16 | dd n32                   map    80..8f | de n16 | df n32
 * nil c0, false c2, true c3                         only within args and result: e0..ff, d0..d3 below 0, ca f32, cb f64
 * never: c1, c7..c9 and d4..d8 (extension types), integers beyond 2^53-1
 * ```
 */
export class Scanner {
  bytes: Uint8Array = none;
  at = 0;
  end = 0;
  /** What was wrong, in words; '' as long as nothing was. */
  fault = '';

  /** Begins at `start` of `bytes`; nothing from `end` on is read. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.fault = '';
  }

  /** An unsigned integer up to 2^53-1, or -1. */
  uint(): number {
    const at = this.at;
    if (at >= this.end) return this.refuse('the message ends within a frame');
    const head = this.bytes[at]!;
    if (head < 0x80) {
      this.at = at + 1;
      return head;
    }
    if (head < 0xcc || head > 0xd3) return this.refuse('an unsigned integer is expected');
    const value = this.integer(head);
    if (value >= 0) return value;
    if (this.fault !== '') return -1;
    this.at = at;
    return this.refuse('an unsigned integer is expected');
  }

  /** 1 for true, 0 for false, or -1. */
  bool(): number {
    if (this.at >= this.end) return this.refuse('the message ends within a frame');
    const head = this.bytes[this.at]!;
    if (head !== 0xc2 && head !== 0xc3) return this.refuse('a bool is expected');
    this.at++;
    return head - 0xc2;
  }

  /** The length of a str whose bytes begin at `at`, or -1. They are all there, but nobody has looked at them yet. */
  str(): number {
    const at = this.at;
    if (at >= this.end) return this.refuse('the message ends within a frame');
    const head = this.bytes[at]!;
    if (head >= 0xa0 && head <= 0xbf) {
      const length = head & 31;
      if (at + 1 + length > this.end) return this.refuse('the message ends within a frame');
      this.at = at + 1;
      return length;
    }
    if (head < 0xd9 || head > 0xdb) return this.refuse('a str is expected');
    return this.longLength(1 << (head - 0xd9));
  }

  /** The length of a bin whose bytes begin at `at`, or -1. They are all there. */
  bin(): number {
    if (this.at >= this.end) return this.refuse('the message ends within a frame');
    const head = this.bytes[this.at]!;
    if (head < 0xc4 || head > 0xc6) return this.refuse('a bin is expected');
    return this.longLength(1 << (head - 0xc4));
  }

  /** How many values an array has that begin at `at`, or -1; also -1 where the rest cannot hold as many. */
  array(): number {
    if (this.at >= this.end) return this.refuse('the message ends within a frame');
    const head = this.bytes[this.at]!;
    if ((head & 0xf0) === 0x90) return this.count(1, head & 15, 1);
    if (head !== 0xdc && head !== 0xdd) return this.refuse('an array is expected');
    return this.longCount(2 << (head - 0xdc), 1);
  }

  /** How many pairs a map has that begin at `at`, or -1; also -1 where the rest cannot hold as many. */
  map(): number {
    if (this.at >= this.end) return this.refuse('the message ends within a frame');
    const head = this.bytes[this.at]!;
    if ((head & 0xf0) === 0x80) return this.count(1, head & 15, 2);
    if (head !== 0xde && head !== 0xdf) return this.refuse('a map is expected');
    return this.longCount(2 << (head - 0xde), 2);
  }

  /** Whether a map begins at `at`. Moves nothing. */
  isMap(): boolean {
    const head = this.at < this.end ? this.bytes[this.at]! : 0;
    return (head & 0xf0) === 0x80 || head === 0xde || head === 0xdf;
  }

  /** A str as a string, or undefined. */
  text(): string | undefined {
    const length = this.str();
    if (length < 0) return undefined;
    const text = readText(this.bytes, this.at, this.at + length);
    if (text === undefined) this.refuse('a str is not valid UTF-8');
    else this.at += length;
    return text;
  }

  /** A str through the cache of names, whose `kind` is then set, or undefined. */
  name(names: NameCache): string | undefined {
    const length = this.str();
    if (length < 0) return undefined;
    const name = names.read(this.bytes, this.at, this.at + length);
    if (name === undefined) this.refuse('a str is not valid UTF-8');
    else this.at += length;
    return name;
  }

  /** Moves behind a str of `length` bytes that begins at `at`, if it is valid UTF-8. */
  skipText(length: number): boolean {
    if (!isUtf8(this.bytes, this.at, this.at + length)) return this.refuse('a str is not valid UTF-8') > 0;
    this.at += length;
    return true;
  }

  /** Whether the `length` bytes at `at` are the ASCII string `text`. Moves nothing. */
  isText(length: number, text: string): boolean {
    if (length !== text.length) return false;
    for (let i = 0; i < length; i++) if (this.bytes[this.at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Moves behind `count` values, each checked against the profile in every byte. */
  skip(count: number): boolean {
    for (let i = 0; i < count; i++) if (!this.value(false, limits.depth)) return false;
    return true;
  }

  /** Moves behind the value of a key that nobody knows, in a map that is a field itself. */
  skipOption(): boolean {
    return this.value(false, limits.depth - 1);
  }

  /** Moves behind one value of `args` or `result`, in which floats and negative integers are allowed too. */
  skipAny(): boolean {
    return this.value(true, limits.depth);
  }

  /** One value with at most `depth` levels of arrays and maps, so that the stack is bounded whatever comes. */
  private value(numbers: boolean, depth: number): boolean {
    if (this.at >= this.end) return this.refuse('the message ends within a frame') > 0;
    const head = this.bytes[this.at]!;
    if (head < 0x80 || head === 0xc0 || head === 0xc2 || head === 0xc3) return this.move(1);
    if (head < 0x90) return this.pairs(numbers, depth);
    if (head < 0xa0) return this.elements(numbers, depth);
    if (head < 0xc0 || (head >= 0xd9 && head <= 0xdb)) {
      const length = this.str();
      return length >= 0 && this.skipText(length);
    }
    if (head >= 0xc4 && head <= 0xc6) {
      const length = this.bin();
      return length >= 0 && this.move(length);
    }
    if (head >= 0xcc && head <= 0xd3) return this.number(head, numbers);
    if (head === 0xdc || head === 0xdd) return this.elements(numbers, depth);
    if (head === 0xde || head === 0xdf) return this.pairs(numbers, depth);
    if (head >= 0xe0 || head === 0xca || head === 0xcb) return this.looseNumber(head, numbers);
    return this.refuse(head === 0xc1 ? 'byte c1 is not MessagePack' : 'extension types are not allowed') > 0;
  }

  private elements(numbers: boolean, depth: number): boolean {
    if (depth === 0) return this.refuse('nested too deep') > 0;
    const count = this.array();
    if (count < 0) return false;
    for (let i = 0; i < count; i++) if (!this.value(numbers, depth - 1)) return false;
    return true;
  }

  private pairs(numbers: boolean, depth: number): boolean {
    if (depth === 0) return this.refuse('nested too deep') > 0;
    const count = this.map();
    if (count < 0) return false;
    for (let i = 0; i < count; i++) {
      const length = this.str();
      if (length < 0 || !this.skipText(length) || !this.value(numbers, depth - 1)) return false;
    }
    return true;
  }

  private number(head: number, numbers: boolean): boolean {
    const at = this.at;
    const value = this.integer(head);
    if (this.fault !== '') return false;
    if (value >= 0 || numbers) return true;
    this.at = at;
    return this.refuse('negative integers are allowed in args and result only') > 0;
  }

  private looseNumber(head: number, numbers: boolean): boolean {
    if (!numbers) return this.refuse('floats and negative integers are allowed in args and result only') > 0;
    const length = head === 0xca ? 5 : head === 0xcb ? 9 : 1;
    if (this.at + length > this.end) return this.refuse('the message ends within a frame') > 0;
    return this.move(length);
  }

  /** The value behind one of cc..d3; where it does not fit, sets `fault` and returns -1, as it does for a plain -1. */
  private integer(head: number): number {
    const { bytes, at } = this;
    const size = 1 << (head & 3); // cc..cf and d0..d3: 1, 2, 4, 8 bytes
    if (at + 1 + size > this.end) return this.refuse('the message ends within a frame');
    const signed = head >= 0xd0;
    let value: number;
    if (size === 8) {
      const high = this.bits32(at + 1);
      value = (signed ? high : high >>> 0) * 4294967296 + (this.bits32(at + 5) >>> 0);
      if (!Number.isSafeInteger(value)) return this.refuse('an integer is beyond 2^53-1');
    } else if (size === 4) {
      value = signed ? this.bits32(at + 1) : this.bits32(at + 1) >>> 0;
    } else if (size === 2) {
      value = (bytes[at + 1]! << 8) | bytes[at + 2]!;
      if (signed) value = (value << 16) >> 16;
    } else {
      value = signed ? (bytes[at + 1]! << 24) >> 24 : bytes[at + 1]!;
    }
    this.at = at + 1 + size;
    return value;
  }

  private bits32(at: number): number {
    const { bytes } = this;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }

  private big(at: number, size: number): number {
    const { bytes } = this;
    if (size === 1) return bytes[at]!;
    if (size === 2) return (bytes[at]! << 8) | bytes[at + 1]!;
    return this.bits32(at) >>> 0;
  }

  private longLength(size: number): number {
    const { at } = this;
    if (at + 1 + size > this.end) return this.refuse('the message ends within a frame');
    const length = this.big(at + 1, size);
    if (at + 1 + size + length > this.end) return this.refuse('the message ends within a frame');
    this.at = at + 1 + size;
    return length;
  }

  private longCount(size: number, each: number): number {
    if (this.at + 1 + size > this.end) return this.refuse('the message ends within a frame');
    return this.count(1 + size, this.big(this.at + 1, size), each);
  }

  private count(header: number, count: number, each: number): number {
    if (count * each > this.end - this.at - header) return this.refuse('the message ends within a frame');
    this.at += header;
    return count;
  }

  private move(length: number): boolean {
    this.at += length;
    return true;
  }

  /** Notes what is wrong; the -1 serves as the result of the caller. */
  refuse(fault: string): -1 {
    this.fault = fault;
    return -1;
  }
}
