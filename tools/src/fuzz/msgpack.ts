import type { Random } from '../crash/random.js';

/** A MessagePack value to be written in a form of our choice, good or bad; `raw` stands for bytes that are taken as they are. */
export type Node =
  | { readonly k: 'uint'; readonly v: number }
  | { readonly k: 'str'; readonly bytes: Uint8Array }
  | { readonly k: 'bin'; readonly bytes: Uint8Array }
  | { readonly k: 'nil' }
  | { readonly k: 'bool'; readonly v: boolean }
  | { readonly k: 'arr'; readonly items: readonly Node[] }
  | { readonly k: 'map'; readonly pairs: readonly (readonly [Node, Node])[] }
  | { readonly k: 'raw'; readonly bytes: Uint8Array };

export const uint = (v: number): Node => ({ k: 'uint', v });
export const str = (text: string): Node => ({ k: 'str', bytes: Buffer.from(text, 'utf8') });
/** A str of any bytes, valid UTF-8 or not. */
export const rawStr = (bytes: Uint8Array): Node => ({ k: 'str', bytes });
export const bin = (bytes: Uint8Array): Node => ({ k: 'bin', bytes });
export const nil: Node = { k: 'nil' };
export const bool = (v: boolean): Node => ({ k: 'bool', v });
export const arr = (...items: Node[]): Node => ({ k: 'arr', items });
export const map = (...pairs: (readonly [Node, Node])[]): Node => ({ k: 'map', pairs });
export const raw = (hex: string): Node => ({ k: 'raw', bytes: Buffer.from(hex, 'hex') });

/** Chance that a value is written in a longer form than it needs. */
const LONG_FORM = 0.06;

/** The bytes of a value. `random` now and then chooses a longer form than the shortest; without it never. */
export function encode(node: Node, random?: Random): Buffer {
  const parts: Uint8Array[] = [];
  put(parts, node, random);
  return Buffer.concat(parts);
}

function put(parts: Uint8Array[], node: Node, random: Random | undefined): void {
  switch (node.k) {
    case 'uint':
      parts.push(integer(node.v, random));
      break;
    case 'str':
      parts.push(head(node.bytes.length, 0xa0, 31, [0xd9, 0xda, 0xdb], random), node.bytes);
      break;
    case 'bin':
      parts.push(head(node.bytes.length, -1, -1, [0xc4, 0xc5, 0xc6], random), node.bytes);
      break;
    case 'nil':
      parts.push(Buffer.of(0xc0));
      break;
    case 'bool':
      parts.push(Buffer.of(node.v ? 0xc3 : 0xc2));
      break;
    case 'arr':
      parts.push(head(node.items.length, 0x90, 15, [-1, 0xdc, 0xdd], random));
      for (const item of node.items) put(parts, item, random);
      break;
    case 'map':
      parts.push(head(node.pairs.length, 0x80, 15, [-1, 0xde, 0xdf], random));
      for (const [key, value] of node.pairs) {
        put(parts, key, random);
        put(parts, value, random);
      }
      break;
    case 'raw':
      parts.push(node.bytes);
      break;
    default:
      node satisfies never;
  }
}

/** How many of 0..3 steps longer a value is written than it need be. */
function extra(random: Random | undefined): number {
  return random !== undefined && random.chance(LONG_FORM) ? random.between(1, 3) : 0;
}

/** Header of a str, bin, array or map: `short` is the one-byte form up to `shortMax`, `long` those with 1, 2, 4 bytes. */
function head(
  size: number,
  short: number,
  shortMax: number,
  long: readonly number[],
  random: Random | undefined,
): Buffer {
  const fits = size <= shortMax ? 0 : size < 0x100 && long[0] !== -1 ? 1 : size < 0x10000 ? 2 : 3;
  let form = Math.min(3, fits + extra(random));
  if (form === 1 && long[0] === -1) form = 2;
  if (form === 0) return Buffer.of(short + size);
  const code = long[form - 1]!;
  const out = Buffer.alloc(1 + (1 << (form - 1)));
  out[0] = code;
  out.writeUIntBE(size, 1, out.length - 1);
  return out;
}

function integer(v: number, random: Random | undefined): Buffer {
  const fits = v < 0x80 ? 0 : v < 0x100 ? 1 : v < 0x10000 ? 2 : v < 2 ** 32 ? 3 : 4;
  const form = Math.min(4, fits + extra(random));
  if (form === 0) return Buffer.of(v);
  const size = 1 << (form - 1);
  const out = Buffer.alloc(1 + size);
  const signed = random !== undefined && random.chance(0.1) && v < 2 ** (size * 8 - 1);
  out[0] = (signed ? 0xd0 : 0xcc) + form - 1;
  if (size < 8) out.writeUIntBE(v, 1, size);
  else out.writeBigUInt64BE(BigInt(v), 1);
  return out;
}
