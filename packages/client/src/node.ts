export { fileState } from './state/file.js';
export type { FileStateOptions } from './state/file.js';
