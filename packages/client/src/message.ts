/** A message for this user. */
export interface Message {
  /** Who sent it. */
  readonly from: string;
  /** Which of the sender's devices or programs sent it: a number of the router's. */
  readonly origin: number;
  /** The sender's number for it; increases from message to message of one `from`, `origin` and `group`. */
  readonly cid: number;
  /** When the router took it: milliseconds since the Unix epoch. */
  readonly ts: number;
  /** The application's own copy. */
  readonly body: Uint8Array;
  /** The group it came through, with its `#`; undefined where it came directly. */
  readonly group: string | undefined;
  /** The body as UTF-8 text; what is not UTF-8 becomes U+FFFD. */
  text(): string;
  /** Tells the sender that a person has read this message and all before it of the same sender. See `Client.markRead`. */
  markRead(): Promise<void>;
}

/** What a message is made from. */
export interface MessageParts {
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  readonly ts: number;
  readonly body: Uint8Array;
  /** '' for none. */
  readonly group: string;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The bytes of a body that the application gave: a copy, as the application may go on writing to its own. */
export function bodyBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? encoder.encode(body) : new Uint8Array(body);
}

/** Makes the message that the application sees. */
export function makeMessage(parts: MessageParts, markRead: (message: Message) => Promise<void>): Message {
  const { from, origin, cid, ts, body, group } = parts;
  const message: Message = {
    from,
    origin,
    cid,
    ts,
    body,
    group: group === '' ? undefined : group,
    text: () => decoder.decode(body),
    markRead: () => markRead(message),
  };
  return message;
}
