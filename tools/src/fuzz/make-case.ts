import { Random } from '../crash/random.js';
import type { CaseMessage, CaseView, FuzzCase } from './case-view.js';
import { arr, bin, encode, str, uint } from './msgpack.js';
import type { FrameNode } from './valid-frames.js';
import { ValidFrames } from './valid-frames.js';
import { damage, hostile, wrongNumbers, wrongShape } from './wrong-frames.js';

/** Kinds of cases behind HELLO, each with its share. */
const OPEN_KINDS = {
  valid: 20,
  'wrong shape': 26,
  damaged: 14,
  'wrong numbers': 14,
  batch: 9,
  hostile: 5,
  random: 2,
  transport: 5,
  burst: 0.4,
  strikes: 0.02,
} as const;

/** Kinds of cases before HELLO. */
const GREETING_KINDS = {
  'frame before HELLO': 3,
  'wrong HELLO': 6,
  HELLO: 2,
  'HELLO and more': 2,
  'bytes before HELLO': 2,
} as const;

type OpenKind = keyof typeof OPEN_KINDS;
type GreetingKind = keyof typeof GREETING_KINDS;

/** One case in so many comes before HELLO. */
const GREETING_SHARE = 0.15;

/** Random numbers that depend on seed and case alone. */
export function randomOf(seed: number, number: number): Random {
  return new Random((Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b)) >>> 0);
}

/** Whether case `number` comes before HELLO. */
export function isGreeting(seed: number, number: number): boolean {
  return randomOf(seed, number).chance(GREETING_SHARE);
}

/** Case `number`: depends on the seed, its number, and on the connection only for cids and seqs. */
export function makeCase(seed: number, number: number, view: CaseView): FuzzCase {
  const random = randomOf(seed, number);
  const valid = new ValidFrames(random, view);
  if (random.chance(GREETING_SHARE)) {
    const kind = weighted<GreetingKind>(GREETING_KINDS, random);
    return { kind, isGreeting: true, messages: greeting(kind, valid, view, random) };
  }
  const kind = weighted<OpenKind>(OPEN_KINDS, random);
  return { kind, isGreeting: false, messages: open(kind, valid, view, random) };
}

function open(kind: OpenKind, valid: ValidFrames, view: CaseView, random: Random): CaseMessage[] {
  const { limits } = view;
  switch (kind) {
    case 'valid':
      return binary(frames(valid, random, random.between(1, random.chance(0.3) ? 6 : 1)));
    case 'wrong shape':
      return binary(written(wrongShape(valid.any(), random), random));
    case 'damaged':
      return binary(damage(frames(valid, random, random.between(1, 2)), random));
    case 'wrong numbers':
      return binary(written(wrongNumbers(valid, view, random), random));
    case 'batch': {
      const before = frames(valid, random, random.between(1, 4));
      const wrong = random.chance(0.5) ? wrongShape(valid.any(), random) : wrongNumbers(valid, view, random);
      return binary(Buffer.concat([before, written(wrong, random), frames(valid, random, random.between(0, 2))]));
    }
    case 'hostile':
      return binary(hostile(valid, random, limits.maxMessage));
    case 'random':
      return binary(valid.bytes(random.between(0, 40)));
    case 'transport':
      return transport(valid, view, random);
    case 'burst':
      return binary(sends(valid, limits.sendWindow * 4));
    case 'strikes': {
      const each = 300;
      return Array.from({ length: 7 }, () => ({ as: 'binary', bytes: sends(valid, each) }) as const);
    }
    default:
      return kind satisfies never;
  }
}

function greeting(kind: GreetingKind, valid: ValidFrames, view: CaseView, random: Random): CaseMessage[] {
  const token = random.chance(0.9) ? view.user : random.pick(['', '#team', '$echo', '#', '\u0000', 'n'.repeat(129)]);
  switch (kind) {
    case 'frame before HELLO':
      return binary(written(random.chance(0.7) ? valid.any() : wrongShape(valid.any(), random), random));
    case 'wrong HELLO':
      return binary(written(wrongShape(valid.hello(token), random), random));
    case 'HELLO':
      return binary(written(valid.hello(token), random));
    case 'HELLO and more': {
      const more = frames(valid, random, random.between(1, 3));
      return binary(
        Buffer.concat([written(valid.hello(token), random), random.chance(0.5) ? more : damage(more, random)]),
      );
    }
    case 'bytes before HELLO':
      return random.chance(0.3)
        ? transport(valid, view, random)
        : binary(
            random.chance(0.5)
              ? hostile(valid, random, view.limits.maxMessage)
              : damage(written(valid.hello(token), random), random),
          );
    default:
      return kind satisfies never;
  }
}

function transport(valid: ValidFrames, { limits }: CaseView, random: Random): CaseMessage[] {
  const frame = frames(valid, random, 1);
  switch (random.between(0, 6)) {
    case 0:
      return [
        { as: 'text', bytes: frame.length > 0 && random.chance(0.5) ? Buffer.from('{"op":3}') : Buffer.alloc(0) },
      ];
    case 1:
      return [...binary(frame), { as: 'text', bytes: Buffer.from('hello') }];
    case 2:
      return [...binary(Buffer.alloc(0)), ...binary(frame), ...binary(Buffer.alloc(0))];
    case 3:
      return binary(valid.bytes(limits.maxMessage + random.between(1, limits.maxMessage)));
    case 4:
      return random.chance(0.3) ? binary(Buffer.alloc(2 * limits.maxMessage + random.between(1, 99))) : binary(frame);
    default:
      return [{ as: 'fragments', bytes: frames(valid, random, 3) }];
  }
}

function binary(bytes: Uint8Array): CaseMessage[] {
  return [{ as: 'binary', bytes }];
}

function frames(valid: ValidFrames, random: Random, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => written(valid.any(), random)));
}

function sends(valid: ValidFrames, count: number): Buffer {
  const body = bin(Buffer.of(1));
  return Buffer.concat(
    Array.from({ length: count }, () => encode(arr(uint(3), uint(valid.nextCid()), str('away-burst'), body))),
  );
}

function written(frame: FrameNode, random: Random): Buffer {
  return encode(arr(...frame), random);
}

function weighted<K extends string>(weights: Readonly<Record<K, number>>, random: Random): K {
  const entries = Object.entries(weights) as [K, number][];
  let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of entries) if ((left -= weight) < 0) return kind;
  return entries[0]![0];
}
