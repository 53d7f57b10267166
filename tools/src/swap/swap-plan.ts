import { swapped } from './modules.js';
import type { Swapped } from './modules.js';

/** How one swap is done. */
export interface Swap {
  readonly module: Swapped;
  readonly how: 'load' | 'canary' | 'rollback';
}

/** Per cent of a canary. */
export const CANARY = 5;

/**
 * The swaps of a test: the modules in turn, one in eight a rollback and one in eight a canary. The first of each module is a
 * load, so that there is something to go back to.
 */
export function swapPlan(swaps: number): Swap[] {
  const first = swapped.length * 2;
  return Array.from({ length: swaps }, (_, i) => {
    const module = swapped[i % swapped.length]!;
    if (i < first) return { module, how: 'load' };
    const place = i % 8;
    return { module, how: place === 5 ? 'rollback' : place === 7 ? 'canary' : 'load' };
  });
}
