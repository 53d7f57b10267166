import type { Random } from '../crash/random.js';
import type { CaseView } from './case-view.js';
import { arr, bin, bool, encode, map, nil, raw, rawStr, str, uint } from './msgpack.js';
import type { Node } from './msgpack.js';
import type { FrameNode, ValidFrames } from './valid-frames.js';

/** Names on both sides of what is well-formed. */
const NAMES: readonly (() => Node)[] = [
  () => str('n'.repeat(129)),
  () => str('é'.repeat(65)),
  () => str(''),
  () => str('#'),
  () => str('$'),
  () => str('#team'),
  () => str('$echo'),
  () => str('a\u0000b'),
  () => str('a\u001f'),
  () => str('\u007f'),
  () => str('\u0085'),
  () => str('\u00a0'),
  () => str('n'.repeat(128)),
];

/** Values that are wrong in most places, and not in the profile in some. */
const ODD: readonly (() => Node)[] = [
  () => nil,
  () => bool(true),
  () => uint(0),
  () => uint(Number.MAX_SAFE_INTEGER),
  () => str('text'),
  () => bin(Buffer.of(1, 2)),
  () => arr(),
  () => arr(uint(1), str('a')),
  () => map(),
  () => map([str('__proto__'), map([str('ttl'), uint(1)])]),
  () => map([uint(1), uint(2)]),
  () => map([nil, nil]),
  () => raw('ff'), // -1
  () => raw('d0ff'),
  () => raw('d3ffffffffffffffff'),
  () => raw('d307ffffffffffffff'),
  () => raw('cf0020000000000000'), // 2^53
  () => raw('cfffffffffffffffff'),
  () => raw('cb3ff0000000000000'), // 1.0
  () => raw('ca3f800000'),
  () => raw('cb7ff8000000000000'), // NaN
  () => raw('c1'),
  () => raw('d40100'), // ext of each form
  () => raw('d50a0000'),
  () => raw('d6ff00000000'), // a timestamp
  () => raw('d7000000000000000000'),
  () => raw('d8010000000000000000000000000000000000'),
  () => raw('c7000a'),
  () => raw('c80001ff00'),
  () => raw('c9000000010000'),
  () => rawStr(Buffer.from('c080', 'hex')), // overlong
  () => rawStr(Buffer.from('e08080', 'hex')),
  () => rawStr(Buffer.from('f0808080', 'hex')),
  () => rawStr(Buffer.from('eda080', 'hex')), // a surrogate
  () => rawStr(Buffer.from('f4908080', 'hex')), // above U+10FFFF
  () => rawStr(Buffer.from('61ff62', 'hex')),
  () => rawStr(Buffer.from('e282', 'hex')), // cut off
  () => rawStr(Buffer.from('80', 'hex')),
  ...NAMES,
  () => raw('ddffffffff'), // claims of more than there is
  () => raw('dfffffffff'),
  () => raw('dbffffffff'),
  () => raw('c6ffffffff'),
  () => raw('dcffff'),
  () => raw('deffff'),
  () => raw('daffff'),
  () => raw('d9ff'),
  () => raw('c4ff'),
];

/** Values of `ttl`, `again` and other options, in range and out of it. */
const OPTIONS: readonly (() => readonly [Node, Node])[] = [
  () => [str('ttl'), uint(0)],
  () => [str('ttl'), uint(3_600)],
  () => [str('ttl'), uint(2_592_000)],
  () => [str('ttl'), uint(2_592_001)],
  () => [str('ttl'), uint(Number.MAX_SAFE_INTEGER)],
  () => [str('ttl'), raw('ff')],
  () => [str('ttl'), raw('cb4044000000000000')],
  () => [str('ttl'), str('60')],
  () => [str('ttl'), nil],
  () => [str('again'), bool(true)],
  () => [str('again'), bool(false)],
  () => [str('again'), uint(1)],
  () => [str('again'), nil],
  () => [str('__proto__'), map([str('again'), bool(true)])],
  () => [str('__proto__'), raw('d40100')],
  () => [str('constructor'), raw('ff')],
  () => [rawStr(Buffer.from('ff', 'hex')), uint(1)],
  () => [bin(Buffer.from('ttl')), uint(60)],
  () => [uint(7), uint(60)],
  () => [str('later'), deep(62)],
  () => [str('later'), deep(63)],
  () => [str('later'), deep(64)],
];

const HELLO_OPTIONS: readonly (() => readonly [Node, Node])[] = [
  ...[0, 1, 4_096, 4_097, Number.MAX_SAFE_INTEGER].map((v) => () => [str('window'), uint(v)] as const),
  ...['', 'c', 'c'.repeat(32), 'c'.repeat(33), 'ü'.repeat(17)].map((v) => () => [str('client'), str(v)] as const),
  () => [str('window'), str('256')],
  () => [str('window'), raw('ff')],
  () => [str('window'), nil],
  () => [str('client'), bin(Buffer.of(1))],
  () => [str('client'), nil],
  () => [str('agent'), uint(1)],
  () => [str('agent'), nil],
  () => [str('__proto__'), map([str('window'), uint(0)])],
  () => [uint(1), uint(1)],
];

/** `levels` arrays in each other. */
function deep(levels: number): Node {
  return { k: 'raw', bytes: Buffer.concat([Buffer.alloc(levels, 0x91), Buffer.of(0xc0)]) };
}

/** `levels` maps in each other. */
function deepMap(levels: number): Node {
  return {
    k: 'raw',
    bytes: Buffer.concat([...Array.from({ length: levels }, () => Buffer.from('81a161', 'hex')), Buffer.of(0xc0)]),
  };
}

/** Turns a well-formed frame into one of a wrong shape; some of the outcomes are right all the same, and the oracle knows. */
export function wrongShape(frame: FrameNode, random: Random): Node[] {
  const nodes = [...frame];
  const field = random.between(Math.min(1, nodes.length - 1), nodes.length - 1);
  switch (random.between(0, 11)) {
    case 0:
      nodes.splice(field, 1);
      return nodes;
    case 1:
      return nodes.slice(0, field);
    case 2:
      nodes[field] = nil;
      return nodes;
    case 3: {
      const other = random.between(0, nodes.length - 1);
      [nodes[field], nodes[other]] = [nodes[other]!, nodes[field]!];
      return nodes;
    }
    case 4:
      nodes.push(random.pick(ODD)());
      return nodes;
    case 5:
      nodes[0] = random.chance(0.7) ? uint(random.between(0, 63)) : random.pick(ODD)();
      return nodes;
    case 6:
    case 7: {
      const options = isOp(nodes[0], 1) ? HELLO_OPTIONS : OPTIONS;
      const given = Array.from({ length: random.between(1, 3) }, () => random.pick(options)());
      const last = nodes.at(-1);
      if (last?.k === 'map' && random.chance(0.7)) nodes[nodes.length - 1] = map(...last.pairs, ...given);
      else nodes.push(map(...given));
      return nodes;
    }
    case 8:
      nodes[field] = random.chance(0.5)
        ? deep(random.pick([1, 63, 64, 65, 200]))
        : deepMap(random.pick([1, 63, 64, 65, 200]));
      return nodes;
    case 9:
      nodes.push(random.chance(0.5) ? deep(random.pick([63, 64, 65])) : deepMap(random.pick([63, 64, 65])));
      return nodes;
    default:
      nodes[field] = random.pick(ODD)();
      return nodes;
  }
}

function isOp(node: Node | undefined, op: number): boolean {
  return node?.k === 'uint' && node.v === op;
}

/** Frames that are well-formed and wrong all the same, or just not: order, numbers, ranges and sizes. */
export function wrongNumbers(valid: ValidFrames, view: CaseView, random: Random): FrameNode {
  const { seq, ackedSeq, lastCid, user, limits } = view;
  const cid = valid.nextCid();
  switch (random.between(0, 11)) {
    case 0:
      return [uint(3), uint(random.between(0, lastCid)), str(user), bin(valid.body())];
    case 1:
      return [uint(9), uint(random.between(0, lastCid)), str(user), uint(view.origin), uint(1)];
    case 2:
      return [uint(7), uint(random.pick([seq + 1, seq + 1_000, Number.MAX_SAFE_INTEGER]))];
    case 3:
      return [uint(7), uint(random.between(0, ackedSeq))];
    case 4:
      return valid.hello(user);
    case 5:
      return [
        uint(3),
        uint(cid),
        str(user),
        bin(valid.body()),
        map([str('ttl'), uint(random.pick([0, 2_592_000, 2_592_001, 2 ** 32, Number.MAX_SAFE_INTEGER]))]),
      ];
    case 6:
      return [uint(3), uint(cid), random.pick(NAMES)(), bin(valid.body())];
    case 7:
      return [
        uint(3),
        uint(cid),
        str(random.chance(0.5) ? user : 'away-0-'),
        bin(valid.bytes(limits.maxBody + random.pick([-1, 0, 1, 2, 500]))),
      ];
    case 8:
      return [uint(10), random.pick(NAMES)(), bin(valid.bytes(5))];
    case 9:
      return [uint(11), arr(str('away-1-ä'), random.pick(NAMES)()), bool(random.chance(0.5))];
    case 10:
      return [uint(9), uint(cid), random.pick(NAMES)(), uint(1), uint(1)];
    default:
      // far ahead, and at the end of all numbers
      return [
        uint(3),
        uint(random.chance(0.8) ? cid + 2 ** 33 : Number.MAX_SAFE_INTEGER),
        str(user),
        bin(valid.body()),
      ];
  }
}

/** Frames that want much of a reader: nesting, claimed sizes, many of something. */
export function hostile(valid: ValidFrames, random: Random, maxMessage: number): Uint8Array {
  switch (random.between(0, 6)) {
    case 0:
      return Buffer.alloc(Math.min(10_000, maxMessage), 0x91);
    case 1:
      return encode(arr(uint(13), uint(1), str('s'), str('m'), random.chance(0.5) ? deep(10_000) : deepMap(5_000)));
    case 2:
      return Buffer.from(
        random.pick(['ddffffffff', 'ddffffffff03', 'dcffff0301', 'ddffffffff01a16180', '94ddffffffff', 'df7fffffff']),
        'hex',
      );
    case 3:
      return encode(
        arr(
          uint(13),
          uint(1),
          str('s'),
          str('m'),
          raw(random.pick(['ddffffffff', 'dfffffffff', 'dbffffffff', 'c6ffffffff', 'dd7fffffffc0c0'])),
        ),
      );
    case 4:
      return encode(
        arr(
          uint(13),
          uint(random.between(0, 9)),
          str('s'),
          str('m'),
          map(...Array.from({ length: 300 }, (_, i) => [str(i % 3 === 0 ? '__proto__' : `k${i}`), map()] as const)),
        ),
      );
    case 5:
      return Buffer.concat(Array.from({ length: 900 }, () => encode(arr(valid.future()[0]!))));
    default:
      return encode(arr(uint(64), ...Array.from({ length: 1_500 }, () => nil)));
  }
}

/** Damages bytes without a thought of what they say. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const out = Buffer.from(bytes);
  const at = random.between(0, Math.max(0, out.length - 1));
  switch (random.between(0, 5)) {
    case 0:
      return out.subarray(0, at);
    case 1:
      if (out.length > 0) out[at]! ^= 1 << random.between(0, 7);
      return out;
    case 2:
      if (out.length > 0) out[at] = random.between(0, 255);
      return out;
    case 3:
      return Buffer.concat([out.subarray(0, at), Buffer.of(random.between(0, 255)), out.subarray(at)]);
    case 4:
      return Buffer.concat([out.subarray(0, at), out.subarray(at + 1)]);
    default:
      return Buffer.concat([out, out.subarray(at, at + random.between(1, 9))]);
  }
}
