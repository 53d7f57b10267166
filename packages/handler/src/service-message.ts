import { decodeAny } from '@mailbeam/protocol';

const utf8 = new TextDecoder();

/** Bytes that came to a service. */
export interface ServiceBody {
  /** Only lent: copy what is to be kept. Clients may encrypt it end to end; then it is noise. */
  readonly body: Uint8Array;
  /** The body as UTF-8; what is not becomes U+FFFD. */
  text(): string;
  /** The body as one MessagePack value of the protocol's profile. @throws TypeError where it is none */
  decode(): unknown;
}

/** A message to a service. */
export interface ServiceMessage extends ServiceBody {
  /** Name of its sender, a user or another service. */
  readonly from: string;
  /** Which client of `from` it was. */
  readonly origin: number;
  /** Its number among those of (`from`, `origin`). One that was handled before comes with the same (semantics 11.4). */
  readonly cid: number;
  /** When the router took it, ms since the epoch. */
  readonly ts: number;
}

/** A signal to a service: never stored, and dropped where the service has too much to do. */
export interface ServiceSignal extends ServiceBody {
  readonly from: string;
}

/** What became of something that the service sent. */
export interface ServiceReceipt {
  /** Whom it was sent to. */
  readonly peer: string;
  /**
   * `delivered` and `read` speak of everything to `peer` up to `cid`; `failed` and `rejected` of `cid` alone, or, of a purge, of
   * `cid` to `upTo`.
   */
  readonly outcome: 'delivered' | 'read' | 'failed' | 'rejected';
  /** Which start of the service sent it: see {@link Sent}. */
  readonly origin: number;
  readonly cid: number;
  readonly upTo: number;
  /** Why it failed or was rejected (protocol, "Codes"); else ''. */
  readonly code: string;
  readonly ts: number;
}

/** Bytes as a handler sees them. */
export abstract class LentBody implements ServiceBody {
  abstract readonly body: Uint8Array;

  text(): string {
    return utf8.decode(this.body);
  }

  decode(): unknown {
    return decodeAny(this.body);
  }
}
