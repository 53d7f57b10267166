import { join } from 'node:path';
import { checkoutRoot } from '../../src/checkout.js';
import { finishedScript } from '../../src/finished-script.js';
import type { FinishedScript } from '../../src/finished-script.js';
import { makeMutant } from '../../src/mutant.js';
import type { Mutation } from '../../src/mutant.js';

/** Runs one storm of the built tools, in its short form, against the router that is built below `root`. */
export function runStorm(storm: string, flags: readonly string[] = [], root = checkoutRoot): Promise<FinishedScript> {
  const main = join(checkoutRoot, 'tools/dist/hurt/storm-main.js');
  // what others notice is judged by the full form: a machine that runs all tests at once measures itself
  const judged = ['--pairs', '1', '--slack-ms', '5000'];
  const short = ['--people', '1500', '--messages', '50000', '--opens', '1000', '--peers', '5', ...judged];
  return finishedScript(main, ['--only', storm, ...short, ...flags, '--root', root]);
}

/** The same against a router with faults. */
export async function stormMutant(
  mutations: readonly Mutation[],
  storm: string,
  flags: readonly string[] = [],
): Promise<FinishedScript> {
  const mutant = await makeMutant(mutations);
  try {
    // what the fault loses is waited for in vain: no longer than it has to
    return await runStorm(storm, ['--patience-ms', '10000', ...flags], mutant.root);
  } finally {
    await mutant.dispose();
  }
}
