import { Op, decodeAny } from '../src/index.js';
import type {
  ClientFrameVisitor,
  ErrorCode,
  FailCode,
  FrameWriter,
  ReceiptKind,
  RejectCode,
  ServerFrameVisitor,
  WelcomeLimits,
} from '../src/index.js';
import { hex } from './recorder.js';
import type { Field, WireFrame } from './vector-cases.js';

// Frames in the shape that docs/protocol-vectors.json has: as on the wire, bin as {"bin": hex}.

type Frames = { frames: unknown[] };

const bin = (bytes: Uint8Array, start: number, end: number): Field => ({ bin: hex(bytes.subarray(start, end)) });

function value(bytes: Uint8Array, start: number, end: number): Field {
  const decoded = decodeAny(bytes, start, end);
  return decoded instanceof Uint8Array ? { bin: hex(decoded) } : (decoded as Field);
}

/** A map of the entries that are there, and no field at all where none is. */
function opts(entries: Record<string, Field>, absent: Field[]): Field[] {
  const there = Object.entries(entries).filter(([, field]) => !absent.includes(field));
  return there.length === 0 ? [] : [Object.fromEntries(there)];
}

export function recordWireClient(bytes: Uint8Array): ClientFrameVisitor & Frames {
  const frames: unknown[] = [];
  return {
    frames,
    hello: (token, window, client, agent) =>
      void frames.push([Op.HELLO, token, opts({ window, client, agent }, [-1, ''])[0] ?? {}]),
    send: (cid, to, _kind, start, end, ttl, again) =>
      void frames.push([Op.SEND, cid, to, bin(bytes, start, end), ...opts({ ttl, again }, [-1, false])]),
    ack: (seq) => void frames.push([Op.ACK, seq]),
    read: (cid, from, origin, upTo, again) =>
      void frames.push([Op.READ, cid, from, origin, upTo, ...opts({ again }, [false])]),
    signal: (peer, _kind, start, end) => void frames.push([Op.SIGNAL, peer, bin(bytes, start, end)]),
    watch: (users, on) => void frames.push([Op.WATCH, users, on]),
    call: (rid, service, method, start, end) =>
      void frames.push([Op.CALL, rid, service, method, value(bytes, start, end)]),
  };
}

export function recordWireServer(bytes: Uint8Array): ServerFrameVisitor & Frames {
  const frames: unknown[] = [];
  return {
    frames,
    welcome: (...fields) => void frames.push([Op.WELCOME, ...fields]),
    accepted: (...fields) => void frames.push([Op.ACCEPTED, ...fields]),
    rejected: (cid, code, detail, retryAfterMs) =>
      void frames.push([Op.REJECTED, cid, code, detail, ...(retryAfterMs < 0 ? [] : [retryAfterMs])]),
    deliver: (seq, from, origin, cid, ts, start, end, group) =>
      void frames.push([Op.DELIVER, seq, from, origin, cid, ts, bin(bytes, start, end), ...opts({ group }, [''])]),
    receipt: (seq, peer, kind, origin, cid, ts, code, upTo) => {
      const tail = upTo > 0 ? [code, upTo] : code === '' ? [] : [code];
      frames.push([Op.RECEIPT, seq, peer, kind, origin, cid, ts, ...tail]);
    },
    signal: (peer, start, end) => void frames.push([Op.SIGNAL, peer, bin(bytes, start, end)]),
    presence: (...fields) => void frames.push([Op.PRESENCE, ...fields]),
    reply: (rid, ok, start, end) => void frames.push([Op.REPLY, rid, ok, value(bytes, start, end)]),
    error: (...fields) => void frames.push([Op.ERROR, ...fields]),
    goodbye: (reason, retryAfterMs, location) =>
      void frames.push([Op.GOODBYE, reason, retryAfterMs, ...(location === '' ? [] : [location])]),
  };
}

const bytesOf = (field: Field | undefined): Uint8Array =>
  Uint8Array.from(Buffer.from((field as { bin: string }).bin, 'hex'));
const isBin = (field: Field | undefined): boolean =>
  typeof field === 'object' && field !== null && !Array.isArray(field) && 'bin' in field;
const anyOf = (field: Field | undefined): unknown => (isBin(field) ? bytesOf(field) : field);

/** Writes a frame of a vector; the fields of a vector that is exact are of the right types. */
export function writeWireFrame(writer: FrameWriter, way: 'C' | 'S', [op, ...fields]: WireFrame): void {
  const n = (i: number): number => fields[i] as number;
  const s = (i: number): string => fields[i] as string;
  const o = (i: number): Record<string, never> => (fields[i] ?? {}) as Record<string, never>;
  switch (op) {
    case Op.HELLO:
      return writer.hello(s(0), o(1));
    case Op.SEND:
      return writer.send(n(0), s(1), bytesOf(fields[2]), o(3));
    case Op.ACK:
      return writer.ack(n(0));
    case Op.READ:
      return writer.read(n(0), s(1), n(2), n(3), o(4)['again'] === true);
    case Op.SIGNAL:
      return writer.signal(s(0), bytesOf(fields[1]));
    case Op.WATCH:
      return writer.watch(fields[0] as string[], fields[1] as boolean);
    case Op.CALL:
      return writer.call(n(0), s(1), s(2), anyOf(fields[3]));
    case Op.WELCOME:
      return writer.welcome(s(0), s(1), n(2), n(3), n(4), fields[5] as unknown as WelcomeLimits, n(6));
    case Op.ACCEPTED:
      return writer.accepted(n(0), n(1));
    case Op.REJECTED:
      return writer.rejected(n(0), s(1) as RejectCode, s(2), (fields[3] ?? 0) as number);
    case Op.DELIVER: {
      const body = bytesOf(fields[5]);
      return writer.deliver(n(0), s(1), n(2), n(3), n(4), body, 0, body.length, o(6)['group']);
    }
    case Op.RECEIPT: {
      const [code, upTo] = [(fields[6] ?? '') as FailCode, (fields[7] ?? 0) as number];
      return writer.receipt(n(0), s(1), n(2) as ReceiptKind, n(3), n(4), n(5), code, upTo);
    }
    case Op.PRESENCE:
      return writer.presence(s(0), fields[1] as boolean, n(2));
    case Op.REPLY:
      return writer.reply(n(0), fields[1] as boolean, anyOf(fields[2]));
    case Op.ERROR:
      return writer.error(s(0) as ErrorCode, s(1));
    case Op.GOODBYE:
      return writer.goodbye(s(0), n(1), (fields[2] ?? '') as string);
    default:
      throw new Error(`no frame ${op} for way ${way}`);
  }
}
