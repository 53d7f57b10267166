import { memoryState } from '../../src/index.js';
import { stateStoreContract } from './state-store-contract.js';

stateStoreContract('memoryState', {
  make: async () => {
    const state = memoryState();
    return { first: state, second: state };
  },
  cleanUp: async () => undefined,
});
