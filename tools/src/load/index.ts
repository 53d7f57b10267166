export { RawConnection, UpgradeRefused } from './raw-connection.js';
export type { RawConnectionEvents, RawConnectionOptions } from './raw-connection.js';
export { encodeWsFrame, WsOp, WsReader } from './ws-frame.js';
export type { WsReaderEvents } from './ws-frame.js';
