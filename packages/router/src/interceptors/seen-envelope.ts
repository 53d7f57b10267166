import type { Envelope } from '@mailbeam/handler';
import { nameKind } from '@mailbeam/protocol';
import type { NameKind } from '@mailbeam/protocol';
import type { Message } from '../mailbox/request.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A message while it is screened. What interceptors change stays here until the last of them has answered: a session that
 * ends meanwhile leaves the message as it came.
 */
export class SeenEnvelope implements Envelope {
  readonly from: string;
  readonly ttl: number;
  readonly again: boolean;
  to: string;
  toKind: NameKind;
  body: Uint8Array;
  /** True once it has another body than it came with, or goes elsewhere. */
  isChanged = false;
  isDiverted = false;

  constructor(from: string, message: Message) {
    this.from = from;
    this.ttl = message.ttl;
    this.again = message.again;
    this.to = message.to;
    this.toKind = message.toKind;
    this.body = message.bytes.subarray(message.bodyStart, message.bodyEnd);
  }

  text(): string {
    return decoder.decode(this.body);
  }

  /** @throws TypeError for what is no body, RangeError for one that is too large */
  change(body: Uint8Array | string, maxBytes: number): void {
    const bytes = typeof body === 'string' ? encoder.encode(body) : body;
    if (!ArrayBuffer.isView(bytes)) throw new TypeError('a body is a Uint8Array or a string');
    if (bytes.length > maxBytes) throw new RangeError(`a body has at most ${maxBytes} bytes, not ${bytes.length}`);
    // a copy: the author may write into the array again
    this.body = bytes.slice();
    this.isChanged = true;
  }

  /** @throws TypeError for a name that nobody can have */
  divert(to: string, exists: (service: string) => boolean): void {
    const kind = typeof to === 'string' ? nameKind(to) : 0;
    if (kind !== 1 && !(kind === 3 && exists(to)))
      throw new TypeError(`there is nobody called '${String(to)}' to divert to`);
    this.to = to;
    this.toKind = kind;
    this.isDiverted = true;
  }
}
