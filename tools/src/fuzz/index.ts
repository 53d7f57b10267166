export { fuzz } from './fuzz.js';
export type { FuzzOptions, FuzzResult } from './fuzz.js';
export { describeResult } from './report.js';
export type { FuzzFailure } from './slot.js';
