export { decodeAny, encodeAny } from './any.js';
export { readClientFrames } from './client-frames.js';
export type { ClientFrameVisitor } from './client-frames.js';
export {
  CloseCode,
  closeCodes,
  errorCloses,
  errorCodes,
  failCodes,
  mayReconnect,
  rejectCodes,
  replyCodes,
} from './codes.js';
export type { ErrorCode, FailCode, RejectCode, ReplyCode } from './codes.js';
export type { FrameError } from './frame-error.js';
export { FrameWriter } from './frame-writer.js';
export type { HelloOptions, SendOptions } from './frame-writer.js';
export { HighWater } from './high-water.js';
export type { HighWaterEntry } from './high-water.js';
export { defaultWelcomeLimits, limits } from './limits.js';
export type { WelcomeLimits } from './limits.js';
export { NameCache, nameKind } from './names.js';
export type { NameKind } from './names.js';
export { FIRST_IGNORED_OP, Op, ReceiptKind, SOCKET_PATH, SUBPROTOCOL, opName } from './op.js';
export { readServerFrames } from './server-frames.js';
export type { ServerFrameVisitor } from './server-frames.js';
