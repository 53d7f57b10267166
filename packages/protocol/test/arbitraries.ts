import fc from 'fast-check';
import { defaultWelcomeLimits, errorCodes, failCodes, nameKind, rejectCodes } from '../src/index.js';
import type { ErrorCode, FailCode, FrameWriter, RejectCode } from '../src/index.js';
import { hex } from './recorder.js';
import type { Seen } from './recorder.js';

/** A frame to write, and what a reader must then see. */
export interface Frame {
  readonly write: (writer: FrameWriter) => void;
  readonly seen: Seen;
}

const edges = [0, 1, 127, 128, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
export const uint = fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat(), fc.nat(300));
/** Unicode without lone surrogates: what a str can say. */
export const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }),
  fc.constant('\uFEFFbyte order mark'),
);
export const body = fc.oneof(
  fc.uint8Array({ maxLength: 70 }),
  fc.constantFrom(0, 31, 255, 256, 65535, 65536).map((length) => new Uint8Array(length).fill(7)),
);
const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.string({ minLength: 1, maxLength: 128 }),
);
export const user = name.filter((n) => nameKind(n) === 1);
export const anyName = name.chain((n) => fc.constantFrom(n, `#${n}`, `$${n}`)).filter((n) => nameKind(n) !== 0);

/** What `args` and `result` may hold and gives back as it was. */
export const anyValue = fc.letrec<{ value: unknown; key: string }>((tie) => ({
  key: text.filter((key) => key !== '__proto__'),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, -1, -128, -129, -32769, -(2 ** 31), -(2 ** 31) - 1, 1.5, ...edges),
    fc.double({ noNaN: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    text,
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(tie('key'), tie('value'), { maxKeys: 20, noNullPrototype: true }),
  ),
})).value;

export const clientFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc
    .record({
      token: text,
      window: fc.option(fc.integer({ min: 1, max: 4096 }), { nil: undefined }),
      client: fc.option(fc.string({ minLength: 1, maxLength: 32 }), { nil: undefined }),
      agent: fc.option(text, { nil: undefined }),
    })
    .map(({ token, window, client, agent }): Frame => ({
      write: (w) => w.hello(token, { window, client, agent }),
      seen: ['hello', token, window ?? -1, client ?? '', agent ?? ''],
    })),
  fc
    .tuple(uint, fc.oneof(anyName, text), body, fc.option(uint, { nil: undefined }), fc.boolean())
    .map(([cid, to, bytes, ttl, again]): Frame => ({
      write: (w) => w.send(cid, to, bytes, { ttl, again }),
      seen: ['send', cid, to, nameKind(to), hex(bytes), ttl ?? -1, again],
    })),
  uint.map((seq): Frame => ({ write: (w) => w.ack(seq), seen: ['ack', seq] })),
  fc.tuple(uint, user, uint, uint, fc.boolean()).map(([cid, from, origin, upTo, again]): Frame => ({
    write: (w) => w.read(cid, from, origin, upTo, again),
    seen: ['read', cid, from, origin, upTo, again],
  })),
  fc.tuple(anyName, body).map(([peer, bytes]): Frame => ({
    write: (w) => w.signal(peer, bytes),
    seen: ['signal', peer, nameKind(peer), hex(bytes)],
  })),
  fc.tuple(fc.array(user, { maxLength: 20 }), fc.boolean()).map(([users, on]): Frame => ({
    write: (w) => w.watch(users, on),
    seen: ['watch', users, on],
  })),
  fc.tuple(uint, text, text, anyValue).map(([rid, service, method, args]): Frame => ({
    write: (w) => w.call(rid, service, method, args),
    seen: ['call', rid, service, method, args],
  })),
);

const codeOf = <Code extends string>(table: Record<Code, string>): fc.Arbitrary<Code> =>
  fc.constantFrom(...(Object.keys(table) as Code[]));
const limits = fc.record({ maxMessage: uint, maxBody: uint, sendWindow: uint, rate: uint, watch: uint });

export const serverFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc
    .tuple(text, text, uint, uint, uint, fc.oneof(limits, fc.constant(defaultWelcomeLimits)), uint)
    .map((fields): Frame => ({ write: (w) => w.welcome(...fields), seen: ['welcome', ...fields] })),
  fc.tuple(uint, uint).map((fields): Frame => ({ write: (w) => w.accepted(...fields), seen: ['accepted', ...fields] })),
  fc.tuple(uint, codeOf<RejectCode>(rejectCodes), text, uint).map(([cid, code, detail, ms]): Frame => ({
    write: (w) => w.rejected(cid, code, detail, ms),
    seen: ['rejected', cid, code, detail, ms === 0 ? -1 : ms],
  })),
  fc
    .tuple(uint, anyName, uint, uint, uint, body, fc.oneof(fc.constant(''), anyName))
    .map(([seq, from, origin, cid, ts, bytes, group]): Frame => ({
      write: (w) => w.deliver(seq, from, origin, cid, ts, bytes, 0, bytes.length, group),
      seen: ['deliver', seq, from, origin, cid, ts, hex(bytes), group],
    })),
  fc
    .tuple(uint, anyName, fc.constantFrom(1 as const, 2 as const), uint, uint, uint)
    .map((fields): Frame => ({ write: (w) => w.receipt(...fields), seen: ['receipt', ...fields, '', 0] })),
  fc
    .tuple(uint, anyName, fc.constant(3 as const), uint, uint, uint, codeOf<FailCode>(failCodes), uint)
    .map((fields): Frame => ({ write: (w) => w.receipt(...fields), seen: ['receipt', ...fields] })),
  fc.tuple(anyName, body).map(([peer, bytes]): Frame => ({
    write: (w) => w.signal(peer, bytes),
    seen: ['signal', peer, hex(bytes)],
  })),
  fc.tuple(user, fc.boolean(), uint).map((fields): Frame => ({
    write: (w) => w.presence(...fields),
    seen: ['presence', ...fields],
  })),
  fc.tuple(uint, fc.boolean(), anyValue).map((fields): Frame => ({
    write: (w) => w.reply(...fields),
    seen: ['reply', ...fields],
  })),
  fc.tuple(codeOf<ErrorCode>(errorCodes), text).map((fields): Frame => ({
    write: (w) => w.error(...fields),
    seen: ['error', ...fields],
  })),
  fc
    .tuple(text, uint, text)
    .map((fields): Frame => ({ write: (w) => w.goodbye(...fields), seen: ['goodbye', ...fields] })),
);
