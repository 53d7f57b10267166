import { decodeAny } from '../src/index.js';
import type { ClientFrameVisitor, ServerFrameVisitor } from '../src/index.js';

/** A frame as a test sees it: its name and what the visitor was given, bodies as hex, values decoded. */
export type Seen = readonly [name: string, ...fields: unknown[]];

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** Notes every frame that `readClientFrames` finds in `bytes`. */
export function recordClient(bytes: Uint8Array, seen: Seen[] = []): ClientFrameVisitor & { seen: Seen[] } {
  return {
    seen,
    hello: (...fields) => void seen.push(['hello', ...fields]),
    send: (cid, to, toKind, start, end, ttl, again) =>
      void seen.push(['send', cid, to, toKind, hex(bytes.subarray(start, end)), ttl, again]),
    ack: (...fields) => void seen.push(['ack', ...fields]),
    read: (...fields) => void seen.push(['read', ...fields]),
    signal: (peer, peerKind, start, end) => void seen.push(['signal', peer, peerKind, hex(bytes.subarray(start, end))]),
    watch: (...fields) => void seen.push(['watch', ...fields]),
    call: (rid, service, method, start, end) =>
      void seen.push(['call', rid, service, method, decodeAny(bytes, start, end)]),
  };
}

/** Notes every frame that `readServerFrames` finds in `bytes`. */
export function recordServer(bytes: Uint8Array, seen: Seen[] = []): ServerFrameVisitor & { seen: Seen[] } {
  return {
    seen,
    welcome: (...fields) => void seen.push(['welcome', ...fields]),
    accepted: (...fields) => void seen.push(['accepted', ...fields]),
    rejected: (...fields) => void seen.push(['rejected', ...fields]),
    deliver: (seq, from, origin, cid, ts, start, end, group) =>
      void seen.push(['deliver', seq, from, origin, cid, ts, hex(bytes.subarray(start, end)), group]),
    receipt: (...fields) => void seen.push(['receipt', ...fields]),
    signal: (peer, start, end) => void seen.push(['signal', peer, hex(bytes.subarray(start, end))]),
    presence: (...fields) => void seen.push(['presence', ...fields]),
    reply: (rid, ok, start, end) => void seen.push(['reply', rid, ok, decodeAny(bytes, start, end)]),
    error: (...fields) => void seen.push(['error', ...fields]),
    goodbye: (...fields) => void seen.push(['goodbye', ...fields]),
  };
}
