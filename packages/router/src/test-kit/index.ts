/** A router whose turns, flushes and clock are moved by hand, for tests of this room and for the model checker. */
export { decodeServer, settled, StillClock, TestClient, testLimits, TestNode } from './test-node.js';
export type { ServerFrame, TestNodeOptions } from './test-node.js';
