export type { Instance, InstanceCursor, ModuleHost, ModuleUnit, MoveOutcome } from './module-host.js';
export type { Version } from './version.js';
export { bucketEndMs, bucketOf, VersionStats } from './version-stats.js';
