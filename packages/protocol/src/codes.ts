/** Why a SEND or READ was REJECTED (protocol, "Codes"), each with what it says in one line. */
export const rejectCodes = {
  invalid: 'the recipient is not a well-formed name, or `ttl` is out of range',
  unknown_recipient: 'the user, group or service does not exist',
  forbidden: 'the sender may not do this',
  mailbox_full: 'the recipient has more pending than its quota allows',
  too_large: 'the body is larger than `limits.maxBody`',
  rate_limited: 'more than `limits.sendWindow` unanswered, or more than `limits.rate` in a second',
  overloaded: 'the router has too much to do, or the sender has too many unacked receipts of its own',
  unavailable: 'the router cannot store anything for the moment',
  failed: 'handling it crashed the session as often as `maxAttempts` allows',
} as const;
export type RejectCode = keyof typeof rejectCodes;

/** Why an accepted message will not be delivered: `code` of a RECEIPT of kind 3 (protocol, "Codes"). */
export const failCodes = {
  expired: 'it was not acked before its `ttl` ended',
  purged: 'an operator removed it',
  undeliverable: 'handling it crashed as often as `maxAttempts` allows',
} as const;
export type FailCode = keyof typeof failCodes;

/** What an ERROR frame says (protocol, "Codes"); `errorCloses` tells which of them end the connection. */
export const errorCodes = {
  bad_frame: 'the bytes break the profile, or a frame has the wrong shape, order or numbers',
  unauthorized: 'the token is not good, or a frame came before HELLO',
  hello_timeout: 'no HELLO came in time',
  rate_limited: 'SENDs went on being rejected `rate_limited`',
  watch_limit: 'more users watched than `limits.watch`; the connection stays open',
  slow_consumer: 'the client did not read what was sent to it',
  failed: 'handling a SIGNAL or WATCH crashed the session; the connection stays open',
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** `result.code` of a REPLY that is not `ok`, where the router says it; services have codes of their own besides. */
export const replyCodes = {
  unknown_service: 'there is no service of this name',
  unknown_method: 'the service has no method of this name',
  bad_args: 'the arguments are not what the method takes',
  timeout: 'the service did not answer in time',
  overloaded: 'the service has too much waiting',
  failed: 'the service or the session crashed while it handled the call',
} as const;
export type ReplyCode = keyof typeof replyCodes;

/** The codes with which the router closes a WebSocket (protocol, "Codes"). */
export const CloseCode = {
  /** A text message came. */
  TEXT: 1003,
  /** A WebSocket message was over `limits.maxMessage`. */
  TOO_BIG: 1009,
  /** After ERROR `bad_frame`. A client does not reconnect by itself. */
  BAD_FRAME: 4000,
  /** After ERROR `unauthorized`. A client does not reconnect by itself. */
  UNAUTHORIZED: 4001,
  /** After ERROR `hello_timeout`. */
  HELLO_TIMEOUT: 4002,
  /** The same user connected elsewhere. A client does not reconnect by itself. */
  REPLACED: 4003,
  /** After ERROR `rate_limited`. */
  RATE_LIMITED: 4005,
  /** After GOODBYE. */
  GOING_AWAY: 4006,
  /** After ERROR `slow_consumer`. */
  SLOW_CONSUMER: 4008,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Each close code with what it says in one line. */
export const closeCodes: Readonly<Record<CloseCode, string>> = {
  1003: 'a text message came; only binary ones are allowed',
  1009: 'a WebSocket message was larger than `limits.maxMessage`',
  4000: 'ERROR `bad_frame` came before',
  4001: 'ERROR `unauthorized` came before',
  4002: 'ERROR `hello_timeout` came before',
  4003: 'replaced: the same user connected elsewhere',
  4005: 'ERROR `rate_limited` came before',
  4006: 'going away: the router stops or has too many logins waiting, and said GOODBYE; or it gave the session up, after ERROR `failed`',
  4008: 'ERROR `slow_consumer` came before',
};

/** The close code that follows an ERROR, or undefined where the connection stays open (protocol, "Codes"). */
export const errorCloses: Readonly<Record<ErrorCode, CloseCode | undefined>> = {
  bad_frame: CloseCode.BAD_FRAME,
  unauthorized: CloseCode.UNAUTHORIZED,
  hello_timeout: CloseCode.HELLO_TIMEOUT,
  rate_limited: CloseCode.RATE_LIMITED,
  watch_limit: undefined,
  slow_consumer: CloseCode.SLOW_CONSUMER,
  failed: undefined,
};

/** Whether a client may reconnect by itself after a close: not after 4000, 4001 and 4003 (protocol, "Reconnect"). */
export function mayReconnect(closeCode: number): boolean {
  return closeCode !== CloseCode.BAD_FRAME && closeCode !== CloseCode.UNAUTHORIZED && closeCode !== CloseCode.REPLACED;
}
