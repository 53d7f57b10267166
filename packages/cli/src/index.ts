export { runMailbeam } from './program.js';
export { ExitCode } from './exit-code.js';
export type { ExitStatus } from './exit-code.js';
export { processOutput } from './output.js';
export type { Output, TextStyle } from './output.js';
