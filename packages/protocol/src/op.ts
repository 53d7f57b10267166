/**
 * The first element of every frame (protocol, "The frames one by one"). 15 is not in use. Frames with an op from `FIRST_IGNORED_OP`
 * up are skipped by both sides; an op below it that is not in this table is `bad_frame`.
 */
export const Op = {
  HELLO: 1,
  WELCOME: 2,
  SEND: 3,
  ACCEPTED: 4,
  REJECTED: 5,
  DELIVER: 6,
  ACK: 7,
  RECEIPT: 8,
  READ: 9,
  SIGNAL: 10,
  WATCH: 11,
  PRESENCE: 12,
  CALL: 13,
  REPLY: 14,
  ERROR: 16,
  GOODBYE: 17,
} as const;
export type Op = (typeof Op)[keyof typeof Op];

/** Ops from here up belong to later versions: checked against the profile and skipped (protocol, "Frames"). */
export const FIRST_IGNORED_OP = 64;

/** The WebSocket subprotocol that a client must offer and the router echoes (protocol, "Connect"). */
export const SUBPROTOCOL = 'mailbeam.v1';

/** The path of the WebSocket (protocol, "Connect"). */
export const SOCKET_PATH = '/v1/socket';

/** What RECEIPT's `kind` says (protocol, "From the router"): the peer has taken the messages, has read them, or will not get them. */
export const ReceiptKind = { DELIVERED: 1, READ: 2, FAILED: 3 } as const;
export type ReceiptKind = (typeof ReceiptKind)[keyof typeof ReceiptKind];

const names = new Map<number, string>(Object.entries(Op).map(([name, op]) => [op, name]));

/** The name of an op for people, such as `SEND`, or `op 15` for one that has none. */
export function opName(op: number): string {
  return names.get(op) ?? `op ${op}`;
}
