/** What a body and the rest of its frame may need beside each other, bytes: `maxBody` is `maxMessage` less this. */
const frameRoomBytes = 1024;

const maxMessageBytes = 262_144;

/**
 * The protocol's limits and defaults, each with its unit in its name. What a router may change is announced in
 * WELCOME's `limits`; the rest is fixed by protocol version 1.
 */
export const limits = Object.freeze({
  /** Largest WebSocket message of either side, bytes. Over it: close 1009. Announced as `maxMessage`. */
  maxMessageBytes,
  /** What `maxBodyBytes` is less than `maxMessageBytes`. Every frame fits into it without its body. */
  frameRoomBytes,
  /** Largest body of a SEND, bytes. Over it: REJECTED `too_large`. Announced as `maxBody`. */
  maxBodyBytes: maxMessageBytes - frameRoomBytes,
  /** Most unanswered SENDs and READs of a client. Over it: REJECTED `rate_limited`. Announced as `sendWindow`. */
  sendWindow: 256,
  /** SENDs and READs per second, 0 = no limit. Announced as `rate`. */
  ratePerSecond: 0,
  /** HELLO `opts.window`: least entries unacked at a time. */
  windowMin: 1,
  /** HELLO `opts.window`: most entries unacked at a time. */
  windowMax: 4096,
  /** HELLO `opts.window` where it is left out, entries. */
  windowDefault: 256,
  /** Most bytes of bodies unacked at a time on one connection. */
  inflightBytes: 4 * 1024 * 1024,
  /** Most users that one connection watches. Over it: ERROR `watch_limit`. Announced as `watch`. */
  watch: 1000,
  /** From the upgrade to HELLO, milliseconds. After it: ERROR `hello_timeout`, close 4002. */
  helloTimeoutMs: 5000,
  /** Largest body of a SIGNAL, bytes. A larger one is dropped in silence. */
  signalBytes: 4096,
  /** SEND `opts.ttl`: least, seconds. */
  ttlMinSeconds: 1,
  /** SEND `opts.ttl`: most, seconds (30 days). */
  ttlMaxSeconds: 2_592_000,
  /** Longest name with its `#` or `$`, bytes of UTF-8. */
  nameBytes: 128,
  /** Longest `client` in HELLO, bytes of UTF-8. */
  clientBytes: 32,
  /** After its last connection ended a user counts as away, milliseconds. */
  presenceAwayMs: 3000,
  /** Unsent bytes of a connection over which nothing more is sent until it drains. */
  backpressureBytes: 1024 * 1024,
  /** How long a connection may stay over `backpressureBytes`, milliseconds. After it: ERROR `slow_consumer`, close 4008. */
  slowConsumerMs: 30_000,
  /** REJECTED `rate_limited` within `rateLimitStrikesMs` that end a connection: ERROR `rate_limited`, close 4005. */
  rateLimitStrikes: 1000,
  /** The span in which `rateLimitStrikes` are counted, milliseconds. */
  rateLimitStrikesMs: 10_000,
  /** Deepest nesting of arrays and maps within one field of a frame, as a bound on work. Deeper is `bad_frame`. */
  depth: 64,
  /** Largest integer on the wire, 2^53-1. */
  maxUint: Number.MAX_SAFE_INTEGER,
});

/** The `limits` map of WELCOME (protocol, "Limits"), with the names that it has on the wire. */
export interface WelcomeLimits {
  /** Largest WebSocket message, bytes. */
  readonly maxMessage: number;
  /** Largest body of a SEND, bytes. */
  readonly maxBody: number;
  /** Most unanswered SENDs and READs. */
  readonly sendWindow: number;
  /** SENDs and READs per second, 0 = no limit. */
  readonly rate: number;
  /** Most watched users. */
  readonly watch: number;
}

/** The limits of a router whose configuration changes none. */
export const defaultWelcomeLimits: WelcomeLimits = Object.freeze({
  maxMessage: limits.maxMessageBytes,
  maxBody: limits.maxBodyBytes,
  sendWindow: limits.sendWindow,
  rate: limits.ratePerSecond,
  watch: limits.watch,
});
