import type { Mutation } from '../../src/mutant.js';
import { plantedFaults as crashFaults } from '../crash/planted-faults.js';

/** What keeps an accepted message through a power cut, taken out one by one. */
export const plantedFaults: readonly (Mutation & { readonly name: string })[] = [
  crashFaults.find(({ name }) => name === 'accepts before the flush')!,
  {
    name: 'never flushes',
    file: 'packages/store/dist/disk.js',
    find: 'separateFlushed: true,',
    replace: 'separateFlushed: true, noSync: true,',
  },
  {
    name: 'leaves the names of its files unflushed',
    file: 'packages/store/dist/durable-directory.js',
    find: 'await handle.sync();',
    replace: '',
  },
];
