import { StateError } from '../errors.js';
import type { StateStore } from './state-store.js';

/**
 * State that lives as long as the program: the default. Unanswered messages are resent after a lost connection, but
 * not after a restart; a message whose ack was lost comes again after a restart.
 */
export function memoryState(): StateStore {
  const values = new Map<string, Uint8Array>();
  let open = false;
  return {
    async open() {
      if (open) throw new StateError('state_in_use', 'this memory state is used by another client');
      open = true;
      return new Map(values);
    },
    async write(changes) {
      for (const [key, value] of changes) {
        if (value === undefined) values.delete(key);
        else values.set(key, new Uint8Array(value));
      }
    },
    async close() {
      open = false;
    },
  };
}
