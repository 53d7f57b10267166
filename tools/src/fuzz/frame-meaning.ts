import { readFrame } from './reference-reader.js';
import type { Value } from './reference-reader.js';

/** What a frame says, by docs/protocol.md, section 4; `bad` where that makes it `bad_frame`, whatever came before. */
export type Meaning =
  | {
      readonly kind: 'bad';
      readonly op: number;
      readonly why: string;
      /** True: its bytes are not MessagePack of the profile, so that it may not even be an array with an op. */
      readonly isBroken: boolean;
    }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'hello'; readonly token: string; readonly client: string; readonly window: number }
  | SendMeaning
  | { readonly kind: 'ack'; readonly seq: number }
  | ReadMeaning
  | { readonly kind: 'signal'; readonly peer: string; readonly body: Uint8Array }
  | { readonly kind: 'watch'; readonly users: readonly string[]; readonly on: boolean }
  | { readonly kind: 'call'; readonly rid: number };

export interface SendMeaning {
  readonly kind: 'send';
  readonly cid: number;
  readonly to: string;
  readonly body: Uint8Array;
  /** -1 where left out. */
  readonly ttl: number;
  readonly again: boolean;
}

export interface ReadMeaning {
  readonly kind: 'read';
  readonly cid: number;
  readonly from: string;
  readonly origin: number;
  readonly upTo: number;
  readonly again: boolean;
}

/** The last frame of a message that could be read, and the ones before it. After a bad one nothing is read. */
export function meaningsOf(bytes: Uint8Array): Meaning[] {
  const meanings: Meaning[] = [];
  let at = 0;
  while (at < bytes.length) {
    const frame = readFrame(bytes, at);
    const meaning = frame.ok ? meaningOf(frame.op, frame.fields) : bad(frame.op, frame.why, true);
    meanings.push(meaning);
    if (!frame.ok || meaning.kind === 'bad') return meanings;
    at = frame.end;
  }
  return meanings;
}

const bad = (op: number, why: string, isBroken = false): Meaning => ({ kind: 'bad', op, why, isBroken });

class IllTyped extends Error {}

function meaningOf(op: number, fields: readonly Value[]): Meaning {
  const mayBeLoose = op === 13 ? 3 : -1;
  if (fields.some((field, i) => field.loose && i !== mayBeLoose)) return bad(op, 'a float or a negative integer');
  try {
    return shapeOf(op, fields);
  } catch (error) {
    if (error instanceof IllTyped) return bad(op, error.message);
    throw error;
  }
}

function shapeOf(op: number, fields: readonly Value[]): Meaning {
  if (op >= 64) return { kind: 'ignored' };
  switch (op) {
    case 1:
      return hello(fields);
    case 3: {
      const opts = fields.length > 3 ? mapAt(fields, 3) : [];
      const { ttl, again } = requestOpts(opts);
      return { kind: 'send', cid: uintAt(fields, 0), to: strAt(fields, 1), body: binAt(fields, 2), ttl, again };
    }
    case 7:
      return { kind: 'ack', seq: uintAt(fields, 0) };
    case 9: {
      const from = strAt(fields, 1);
      if (nameKindOf(from) !== 'user' && nameKindOf(from) !== 'service')
        throw new IllTyped('READ from a name that is neither a user nor a service');
      const [cid, origin, upTo] = [uintAt(fields, 0), uintAt(fields, 2), uintAt(fields, 3)];
      // a field behind upTo that is not a map is one of a later version
      const { again } = requestOpts(fields[4]?.t === 'map' ? fields[4].v : []);
      return { kind: 'read', cid, from, origin, upTo, again };
    }
    case 10: {
      const peer = strAt(fields, 0);
      if (nameKindOf(peer) === 'ill-formed') throw new IllTyped('SIGNAL to an ill-formed name');
      return { kind: 'signal', peer, body: binAt(fields, 1) };
    }
    case 11: {
      const users = at(fields, 0, 'array').v.map((_, i, all) => strAt(all, i));
      if (users.some((user) => nameKindOf(user) !== 'user')) throw new IllTyped('WATCH of a name that is not a user');
      return { kind: 'watch', users, on: at(fields, 1, 'bool').v };
    }
    case 13:
      strAt(fields, 1);
      strAt(fields, 2);
      if (fields.length < 4) throw new IllTyped('CALL without args');
      return { kind: 'call', rid: uintAt(fields, 0) };
    default:
      return bad(op, 'not an op of a client');
  }
}

function hello(fields: readonly Value[]): Meaning {
  const token = strAt(fields, 0);
  let client = '';
  let window = 256;
  for (const [key, value] of mapAt(fields, 1)) {
    if (key === 'window') {
      if (value.t !== 'uint' || value.v < 1 || value.v > 4096) throw new IllTyped('window');
      window = value.v;
    } else if (key === 'client') {
      if (value.t !== 'str' || value.bytes < 1 || value.bytes > 32) throw new IllTyped('client');
      client = value.v;
    } else if (key === 'agent' && value.t !== 'str') throw new IllTyped('agent');
  }
  return { kind: 'hello', token, client, window };
}

function requestOpts(opts: readonly (readonly [string, Value])[]): { ttl: number; again: boolean } {
  let ttl = -1;
  let again = false;
  for (const [key, value] of opts) {
    if (key === 'ttl') {
      if (value.t !== 'uint') throw new IllTyped('ttl');
      ttl = value.v;
    } else if (key === 'again') {
      if (value.t !== 'bool') throw new IllTyped('again');
      again = value.v;
    }
  }
  return { ttl, again };
}

function at<T extends Value['t']>(fields: readonly Value[], i: number, t: T): Extract<Value, { t: T }> {
  const field = fields[i];
  if (field?.t !== t) throw new IllTyped(`field ${i + 1} is not a ${t}`);
  return field as Extract<Value, { t: T }>;
}

const uintAt = (fields: readonly Value[], i: number): number => at(fields, i, 'uint').v;
const strAt = (fields: readonly Value[], i: number): string => at(fields, i, 'str').v;
const binAt = (fields: readonly Value[], i: number): Uint8Array => at(fields, i, 'bin').v;
const mapAt = (fields: readonly Value[], i: number): readonly (readonly [string, Value])[] => at(fields, i, 'map').v;

export type NameKind = 'user' | 'group' | 'service' | 'ill-formed';

/** What a name stands for (docs/protocol.md, section 3). */
export function nameKindOf(name: string): NameKind {
  const bytes = Buffer.byteLength(name);
  // oxlint-disable-next-line no-control-regex
  if (bytes < 1 || bytes > 128 || /[\u0000-\u001f\u007f-\u009f]/.test(name)) return 'ill-formed';
  if (name === '#' || name === '$') return 'ill-formed';
  return name.startsWith('#') ? 'group' : name.startsWith('$') ? 'service' : 'user';
}
