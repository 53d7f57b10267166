// A second encoder, independent of src/: says exactly which MessagePack form is used, good and bad ones. All bytes as hex.

/** An integer of `size` bytes, big-endian. */
function big(value: number | bigint, size: number): string {
  return BigInt.asUintN(size * 8, BigInt(value))
    .toString(16)
    .padStart(size * 2, '0');
}

const hexOf = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

/** An unsigned integer in its shortest form. */
export function u(value: number): string {
  if (value < 0x80) return big(value, 1);
  if (value < 0x100) return u8(value);
  if (value < 0x10000) return u16(value);
  return value < 2 ** 32 ? u32(value) : u64(value);
}
export const u8 = (value: number): string => `cc${big(value, 1)}`;
export const u16 = (value: number): string => `cd${big(value, 2)}`;
export const u32 = (value: number): string => `ce${big(value, 4)}`;
export const u64 = (value: number | bigint): string => `cf${big(value, 8)}`;
export const i8 = (value: number): string => `d0${big(value, 1)}`;
export const i16 = (value: number): string => `d1${big(value, 2)}`;
export const i32 = (value: number): string => `d2${big(value, 4)}`;
export const i64 = (value: number | bigint): string => `d3${big(value, 8)}`;

/** A str in its shortest form. */
export function s(text: string): string {
  const hex = hexOf(text);
  const length = hex.length / 2;
  if (length < 32) return big(0xa0 + length, 1) + hex;
  return length < 0x100 ? s8(text) : `da${big(length, 2)}${hex}`;
}
export const s8 = (text: string): string => `d9${big(hexOf(text).length / 2, 1)}${hexOf(text)}`;
export const s32 = (text: string): string => `db${big(hexOf(text).length / 2, 4)}${hexOf(text)}`;
/** A fixstr of any bytes, valid UTF-8 or not. */
export const raw = (hex: string): string => big(0xa0 + hex.length / 2, 1) + hex;

/** A bin in its shortest form. */
export function b(hex: string): string {
  const length = hex.length / 2;
  return length < 0x100 ? `c4${big(length, 1)}${hex}` : `c5${big(length, 2)}${hex}`;
}
export const b16 = (hex: string): string => `c5${big(hex.length / 2, 2)}${hex}`;
export const b32 = (hex: string): string => `c6${big(hex.length / 2, 4)}${hex}`;

export function arr(...items: string[]): string {
  return (items.length < 16 ? big(0x90 + items.length, 1) : `dc${big(items.length, 2)}`) + items.join('');
}
export const arr16 = (...items: string[]): string => `dc${big(items.length, 2)}${items.join('')}`;
export const arr32 = (...items: string[]): string => `dd${big(items.length, 4)}${items.join('')}`;

/** Keys and values in turn. */
export const map = (...items: string[]): string => big(0x80 + items.length / 2, 1) + items.join('');
export const map16 = (...items: string[]): string => `de${big(items.length / 2, 2)}${items.join('')}`;

export const nil = 'c0';
export const no = 'c2';
export const yes = 'c3';
export const f64 = (value: number): string => {
  const bytes = Buffer.alloc(9, 0xcb);
  bytes.writeDoubleBE(value, 1);
  return bytes.toString('hex');
};
/** An extension type with one byte of data. */
export const ext = 'd40100';
/** `value` in `depth` arrays of one element. */
export const nest = (depth: number, value: string): string => '91'.repeat(depth) + value;
