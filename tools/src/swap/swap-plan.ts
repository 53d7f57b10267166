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
 * The swaps of a test: the modules in turn, one in ten a rollback and one in ten a canary. The first of each module is a
 * load, so that there is something to go back to.
 */
export function swapPlan(swaps: number, withService: boolean): Swap[] {
  const modules = withService ? swapped : swapped.filter((name) => name !== 'counter');
  const first = modules.length * 2;
  return Array.from({ length: swaps }, (_, i) => {
    const module = modules[i % modules.length]!;
    if (i < first) return { module, how: 'load' };
    const place = i % 10;
    return { module, how: place === 3 ? 'rollback' : place === 7 ? 'canary' : 'load' };
  });
}
