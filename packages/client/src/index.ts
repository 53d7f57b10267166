export { Client, connect } from './client.js';
export type { ClientEvents, FailedReceipt, Receipt } from './client-events.js';
export type { Clock } from './clock.js';
export type { HandlerFailure } from './consumer.js';
export type { Unsubscribe } from './emitter.js';
export {
  ArgumentError,
  CallError,
  ClosedError,
  ConsumerError,
  FailedError,
  MailbeamError,
  OutboxFullError,
  RejectedError,
  StateError,
  clientErrorCodes,
} from './errors.js';
export type { ClientErrorCode } from './errors.js';
export type { ClientState, ClosedReason } from './link.js';
export type { Message } from './message.js';
export { defaults } from './options.js';
export type { ClientOptions } from './options.js';
export type { ReconnectOptions } from './backoff.js';
export type { OutboxLimit } from './outbox.js';
export type { SocketConstructor, SocketLike } from './platform/platform.js';
export type { Accepted, Sent, SentEvents } from './sent.js';
export { indexedDbState } from './state/indexed-db.js';
export { memoryState } from './state/memory.js';
export type { StateStore } from './state/state-store.js';
