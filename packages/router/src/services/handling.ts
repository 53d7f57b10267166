import { HandlerError } from '@mailbeam/handler';
import type { SendOptions, Sent, ServiceContext, ServiceMessage } from '@mailbeam/handler';
import { limits as protocolLimits, nameKind } from '@mailbeam/protocol';
import type { NameKind } from '@mailbeam/protocol';
import type { LaneSelf, ServiceDesk } from './service-desk.js';
import type { ServiceVersion } from './service-version.js';
import { StartContext } from './start-context.js';

/** A message that a handling asked for. */
export class Sending implements Sent {
  readonly to: string;
  readonly toKind: NameKind;
  readonly body: Uint8Array;
  readonly ttl: number;
  origin = 0;
  cid = 0;

  constructor(to: string, toKind: NameKind, body: Uint8Array, ttl: number) {
    this.to = to;
    this.toKind = toKind;
    this.body = body;
    this.ttl = ttl;
  }
}

/** A signal that a handling asked for. */
export class Signalling {
  readonly to: string;
  readonly body: Uint8Array;

  constructor(to: string, body: Uint8Array) {
    this.to = to;
    this.body = body;
  }
}

const NOTHING: readonly (Sending | Signalling)[] = [];

/** One handling of a service: what it asks for is kept here, and takes effect when it returns (semantics 11.3). */
export class Handling extends StartContext implements ServiceContext {
  readonly from: string;
  /** In the order in which it asked. */
  #effects: (Sending | Signalling)[] | null = null;

  constructor(version: ServiceVersion, caller: string, from: string, desk: ServiceDesk, self: LaneSelf) {
    super(version, caller, desk, self);
    this.from = from;
  }

  get effects(): readonly (Sending | Signalling)[] {
    return this.#effects ?? NOTHING;
  }

  send(to: string, body: Uint8Array | string, options: SendOptions = {}): Sent {
    const toKind = kindOf(to);
    const { ttl = -1 } = options;
    if (
      ttl !== -1 &&
      !(Number.isInteger(ttl) && ttl >= protocolLimits.ttlMinSeconds && ttl <= protocolLimits.ttlMaxSeconds)
    )
      throw new HandlerError(
        'bad_send',
        `ttl is ${String(ttl)}, must be ${protocolLimits.ttlMinSeconds} to ${protocolLimits.ttlMaxSeconds} whole seconds`,
      );
    const sending = new Sending(to, toKind, bytesOf(body, this.desk.limits.maxBodyBytes), ttl);
    this.#ask(sending);
    return sending;
  }

  reply(message: ServiceMessage, body: Uint8Array | string, options?: SendOptions): Sent {
    return this.send(message.from, body, options);
  }

  signal(to: string, body: Uint8Array | string): void {
    kindOf(to);
    this.#ask(new Signalling(to, bytesOf(body, protocolLimits.signalBytes)));
  }

  #ask(effect: Sending | Signalling): void {
    const { sends } = this.desk.limits;
    const effects = (this.#effects ??= []);
    if (effects.length >= sends) throw new HandlerError('too_many_sends', `one handling sends at most ${sends} times`);
    effects.push(effect);
  }
}

function kindOf(to: string): NameKind {
  const kind = typeof to === 'string' ? nameKind(to) : 0;
  if (kind === 0) throw new HandlerError('bad_send', 'the name of the recipient is ill-formed');
  return kind;
}

/** A copy: the service may go on to write into its own. */
function bytesOf(body: Uint8Array | string, most: number): Uint8Array {
  if (typeof body !== 'string' && !ArrayBuffer.isView(body))
    throw new HandlerError('bad_send', 'a body is a Uint8Array or a string');
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body);
  if (bytes.length > most)
    throw new HandlerError('too_large', `a body has ${bytes.length} bytes, at most ${most} may go`);
  return bytes;
}
