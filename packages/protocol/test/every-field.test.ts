import { expect, test, describe } from '@jest/globals';
import { NameCache, Op, decodeAny, encodeAny, readClientFrames, readServerFrames } from '../src/index.js';
import { recordClient, recordServer } from './recorder.js';
import type { Seen } from './recorder.js';
import {
  arr,
  arr16,
  arr32,
  b,
  b16,
  b32,
  ext,
  f64,
  i8,
  i16,
  i32,
  i64,
  map,
  map16,
  nest,
  nil,
  no,
  raw,
  s,
  s32,
  s8,
  u,
  u16,
  u32,
  u64,
  u8,
  yes,
} from './vector-bytes.js';
import { vectorCases } from './vector-cases.js';
import type { Field, Vector, WireFrame } from './vector-cases.js';

// Systematic where the vectors are examples: every field of every frame, with a value of every other type and with every end.

const names = new NameCache(64);
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

function read(way: 'C' | 'S', bytes: Uint8Array): { error: string | undefined; seen: Seen[] } {
  const visitor = way === 'C' ? recordClient(bytes) : recordServer(bytes);
  const error =
    way === 'C'
      ? readClientFrames(bytes, visitor as ReturnType<typeof recordClient>, names)
      : readServerFrames(bytes, visitor as ReturnType<typeof recordServer>, names);
  return { error: error?.code, seen: visitor.seen };
}

type Kind = 'uint' | 'str' | 'bin' | 'bool' | 'nil' | 'array' | 'map';

function kindOf(field: Field): Kind {
  if (field === null) return 'nil';
  if (typeof field === 'number') return 'uint';
  if (typeof field === 'string') return 'str';
  if (typeof field === 'boolean') return 'bool';
  if (Array.isArray(field)) return 'array';
  return 'bin' in field ? 'bin' : 'map';
}

function encode(field: Field): string {
  if (field === null) return nil;
  if (typeof field === 'number') return Number.isInteger(field) ? (field < 0 ? i64(field) : u(field)) : f64(field);
  if (typeof field === 'string') return s(field);
  if (typeof field === 'boolean') return field ? yes : no;
  if (Array.isArray(field)) return arr(...field.map(encode));
  if ('bin' in field) return b(field['bin'] as string);
  return map(...Object.entries(field).flatMap(([key, value]) => [s(key), encode(value)]));
}

/** Values of each kind, in all forms. */
const values: Record<Kind, string[]> = {
  uint: [u(0), u(127), u8(5), u16(5), u32(5), u64(5), i8(5), i16(5), i32(5), i64(5)],
  str: [s(''), s('x'), s('x'.repeat(31)), s8('x'), `da0001${'78'}`, s32('x'), s('é🦊')],
  bin: [b(''), b('00'), b16('00'), b32('00')],
  bool: [yes, no],
  nil: [nil],
  array: [arr(), arr(u(1), nil), arr16(u(1)), arr32(u(1)), nest(64, u(1))],
  map: [map(), map(s('k'), u(1)), map16(s('k'), u(1)), `df00000001${s('k')}${u(1)}`],
};
/** What stands nowhere outside `args` and `result`. */
const numbers = ['ff', 'e0', i8(-1), i16(-1), i32(-1), i64(-1), f64(1), 'ca3f800000', i64(-(2n ** 53n) + 1n)];
/** What stands nowhere at all. */
const never = [
  'c1',
  ext,
  'c70100ff',
  'c8000100ff',
  'c90000000100ff',
  'd5000000',
  'd60000000000',
  'd7000000000000000000',
  `d800${'00'.repeat(16)}`,
  u64(2n ** 53n),
  i64(2n ** 53n),
  i64(-(2n ** 53n)),
  raw('80'),
  `d901ff`,
  `da0001ff`,
  `db00000001ff`,
  map(u(1), u(1)),
  map(nil, u(1)),
  map(raw('ff'), u(1)),
  map(s('k'), ext),
  arr(u(1), ext),
  nest(65, u(1)),
  map(s('k'), nest(64, u(1))),
];

const samples = vectorCases.filter(
  (v): v is Vector & { frames: [WireFrame] } => v.exact === true && v.frames?.length === 1,
);
const isAny = (op: number, i: number): boolean => (op === Op.CALL && i === 3) || (op === Op.REPLY && i === 2);
/** READ's opts, where a field of another type belongs to a later version. */
const isLoose = (op: number, i: number): boolean => op === Op.READ && i === 4;

describe.each([...new Set(samples.map(({ way, frames: [[op]] }) => `${way} ${op}`))])('frame %s', (frameOf) => {
  const [way, ownOp] = [frameOf[0] as 'C' | 'S', Number(frameOf.slice(2))];
  const own = samples.filter((sample) => sample.way === way && sample.frames[0][0] === ownOp).slice(0, 12);

  test('is refused with a value of another type in any field', () => {
    for (const { frames } of own) {
      const [[op, ...fields]] = frames;
      for (const [i, field] of fields.entries()) {
        if (isAny(op, i)) continue;
        const others = (Object.keys(values) as Kind[]).filter((kind) => kind !== kindOf(field) && !isLoose(op, i));
        for (const value of [...others.flatMap((kind) => values[kind]), ...numbers, ...never]) {
          const hex = arr(u(op), ...fields.map((f, j) => (i === j ? value : encode(f))));
          expect({ hex, error: read(way, bytesOf(hex)).error }).toEqual({ hex, error: 'bad_frame' });
        }
      }
    }
  });

  test('is read with any value of the profile behind its fields, and refused with any other', () => {
    for (const { frames } of own) {
      const [[op, ...fields]] = frames;
      const full = fieldsWithOpts(op, fields);
      if (full === undefined) continue;
      const plain = read(way, bytesOf(arr(u(op), ...full.map(encode)))).seen;
      for (const value of Object.values(values).flat()) {
        const hex = arr(u(op), ...full.map(encode), value, value);
        expect({ hex, ...read(way, bytesOf(hex)) }).toEqual({ hex, error: undefined, seen: plain });
      }
      for (const value of [...numbers, ...never]) {
        const hex = arr(u(op), ...full.map(encode), value);
        expect({ hex, ...read(way, bytesOf(hex)) }).toEqual({ hex, error: 'bad_frame', seen: [] });
      }
    }
  });

  test('is refused when it ends early, by bytes or by fields', () => {
    const required = Math.min(...own.map(({ frames: [frame] }) => frame.length));
    for (const { hex, frames } of own) {
      const bytes = bytesOf(hex);
      for (let end = 1; end < bytes.length; end++)
        expect(read(way, bytes.subarray(0, end))).toEqual({ error: 'bad_frame', seen: [] });
      for (let count = 1; count < required; count++) {
        const short = arr(...frames[0].slice(0, count).map(encode));
        expect({ short, ...read(way, bytesOf(short)) }).toEqual({ short, error: 'bad_frame', seen: [] });
      }
    }
  });
});

/** All fields that version 1 knows, so that what is behind them is of a later one; undefined where a vector lacks some. */
function fieldsWithOpts(op: number, fields: Field[]): Field[] | undefined {
  const known: Record<number, number> = {
    [Op.HELLO]: 2,
    [Op.WELCOME]: 7,
    [Op.SEND]: 4,
    [Op.ACCEPTED]: 2,
    [Op.REJECTED]: 4,
    [Op.DELIVER]: 7,
    [Op.ACK]: 1,
    [Op.RECEIPT]: 8,
    [Op.READ]: 5,
    [Op.SIGNAL]: 2,
    [Op.WATCH]: 2,
    [Op.PRESENCE]: 3,
    [Op.CALL]: 4,
    [Op.REPLY]: 3,
    [Op.ERROR]: 2,
    [Op.GOODBYE]: 3,
  };
  const takesOpts = op === Op.SEND || op === Op.DELIVER || op === Op.READ;
  const full = takesOpts && fields.length === (known[op] ?? 0) - 1 ? [...fields, {}] : fields;
  return full.length === known[op] ? full : undefined;
}

describe('args and result', () => {
  const call = (value: string): string => arr(u(Op.CALL), u(1), s('a'), s('b'), value);
  const reply = (value: string): string => arr(u(Op.REPLY), u(1), yes, value);

  test.each([...Object.values(values).flat(), ...numbers])('may be %s', (value) => {
    const expected = decodeAny(bytesOf(value));
    expect(read('C', bytesOf(call(value)))).toEqual({ error: undefined, seen: [['call', 1, 'a', 'b', expected]] });
    expect(read('S', bytesOf(reply(value)))).toEqual({ error: undefined, seen: [['reply', 1, true, expected]] });
  });

  test.each(never)('may not be %s', (value) => {
    expect(read('C', bytesOf(call(value)))).toEqual({ error: 'bad_frame', seen: [] });
    expect(read('S', bytesOf(reply(value)))).toEqual({ error: 'bad_frame', seen: [] });
    expect(() => decodeAny(bytesOf(value))).toThrow(TypeError);
  });

  test('may be long: 70,000 elements, keys, characters and bytes', () => {
    const many = Array.from({ length: 70_000 }, (_, i) => i % 7);
    const keys = Object.fromEntries(many.map((n, i) => [`k${i}`, n]));
    const ascii = 'x'.repeat(70_000);
    const cyrillic = 'ж'.repeat(40_000);
    const bytes = new Uint8Array(70_000).fill(3);
    for (const value of [
      many,
      keys,
      ascii,
      cyrillic,
      bytes,
      many.slice(0, 65_536),
      many.slice(0, 65_535),
      'x'.repeat(256),
    ]) {
      expect(decodeAny(encodeAny(value))).toEqual(value);
    }
  });
});
