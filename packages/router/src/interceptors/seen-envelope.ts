import type { Envelope, Tell } from '@mailbeam/handler';
import { encodeAny, limits, nameKind } from '@mailbeam/protocol';
import type { NameKind } from '@mailbeam/protocol';
import type { Message } from '../mailbox/request.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A signal to a service. */
export interface Told {
  readonly service: string;
  readonly body: Uint8Array;
}

const NOBODY: readonly Told[] = [];

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
  /** Services that are told when it is on its way. */
  tells: readonly Told[] = NOBODY;
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

  /** @throws TypeError for what is no name of a service or no value, RangeError for one that is too large */
  tell({ service, note }: Tell): void {
    if (typeof service !== 'string' || nameKind(service) !== 3)
      throw new TypeError(`'${String(service)}' is not the name of a service, with its $`);
    const body = encodeAny(note);
    if (body.length > limits.signalBytes)
      throw new RangeError(`a note has at most ${limits.signalBytes} bytes, not ${body.length}`);
    this.tells = [...this.tells, { service, body }];
  }

  /** True when something about it is not as it came. */
  get isTouched(): boolean {
    return this.isChanged || this.isDiverted || this.tells.length > 0;
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
