import { join } from 'node:path';
import { checkoutRoot } from '../../src/checkout.js';
import { finishedScript } from '../../src/finished-script.js';
import type { FinishedScript } from '../../src/finished-script.js';

/** Runs the built fuzzer, as `make fuzz` does. */
export const runFuzzer = (...args: readonly string[]): Promise<FinishedScript> =>
  finishedScript(join(checkoutRoot, 'tools/dist/fuzz/main.js'), args);
