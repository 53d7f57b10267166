export { AdminClient } from './admin-client.js';
export { swapped, writeBaseSession, writeVersion } from './modules.js';
export type { Swapped } from './modules.js';
export { PeopleFleet } from './people-fleet.js';
export type { PeopleCount, PeopleJob } from './people-jobs.js';
export { StartedRouter } from './started-router.js';
export { swapTest } from './swap-test.js';
export type { SwapTestOptions, SwapTestResult } from './swap-test.js';
