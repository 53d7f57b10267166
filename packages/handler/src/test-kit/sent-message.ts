import { LentBody } from '../service-message.js';

const utf8 = new TextEncoder();

/** Bytes of a body, of a string its UTF-8. */
export function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? utf8.encode(body) : new Uint8Array(body);
}

/** A message or signal that a service sent, or gets in a test. */
export class SentMessage extends LentBody {
  readonly from: string;
  readonly to: string;
  readonly body: Uint8Array;
  /** Seconds; -1 where none was given, and of a signal. */
  readonly ttl: number;
  readonly isSignal: boolean;
  origin = 0;
  cid = 0;
  ts = 0;

  constructor(from: string, to: string, body: Uint8Array | string, ttl = -1, isSignal = false) {
    super();
    this.from = from;
    this.to = to;
    this.body = bytesOf(body);
    this.ttl = ttl;
    this.isSignal = isSignal;
  }
}
