export { RawConnection, UpgradeRefused } from './raw-connection.js';
export type { RawConnectionEvents, RawConnectionOptions } from './raw-connection.js';
export { encodeWsFrame, WsOp, WsReader } from './ws-frame.js';
export type { WsReaderEvents } from './ws-frame.js';
export { LatencyHistogram } from './latency-histogram.js';
export { LoadFleet } from './load-fleet.js';
export type { FleetTally } from './load-fleet.js';
export { shuffledRecipients } from './shuffled-recipients.js';
export { RECEIPT_ACK_MS } from './load-user.js';
