export { makeMutant } from './mutant.js';
export type { Mutant, MutantOptions, Mutation } from './mutant.js';
