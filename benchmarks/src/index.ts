export { cpuMicros, processTree, rssAnonBytes } from './process-tree.js';
export { startBare, startRouter } from './server-under-test.js';
export type { RouterOptions, ServerUnderTest } from './server-under-test.js';
