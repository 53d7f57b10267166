import { ActorError } from './errors.js';
import { randomFrom } from './random-from.js';
import { createTestSystem, type TestSystem, type TestSystemOptions } from './test-system.js';

/** Options of {@link tryInterleavings}: those of the systems, and how many. */
export interface InterleavingOptions extends TestSystemOptions {
  /** How many orders to try. Integer from 1, default 100. */
  readonly runs?: number;
  /** The seed of the first run, the next ones count up from it. Default: a new one each time. The one that a failure named, with `runs: 1`, replays it. */
  readonly seed?: number;
}

/**
 * Runs `body` again and again, each time with a fresh system in another order of the runnable actors, and stops at the first that fails. `random` is for the body's own choices, from the same seed.
 * Rejects with an error that names the seed and how to replay it, with what the body threw as `cause`.
 * @throws ActorError `bad_option`
 * @example
 * await tryInterleavings(async (kit) => {
 *   const account = kit.system.spawn(accountBehaviour, 100);
 *   for (let i = 0; i < 3; i += 1) kit.system.spawn(buyer, account);
 *   await kit.settle();
 *   expect(await kit.system.call(account, 'balance')).toBe(70);
 * });
 */
export async function tryInterleavings(
  body: (kit: TestSystem, random: () => number) => unknown,
  { runs = 100, seed = freshSeed(), ...options }: InterleavingOptions = {},
): Promise<void> {
  if (!Number.isSafeInteger(runs) || runs < 1)
    throw new ActorError('bad_option', `runs is ${String(runs)}, must be an integer from 1`);
  for (let i = 0; i < runs; i += 1) {
    const kit = createTestSystem({ ...options, seed: seed + i });
    try {
      await body(kit, randomFrom(~(seed + i)));
    } catch (error) {
      throw new Error(
        `failed in run ${i + 1} of ${runs}, to replay: { seed: ${seed + i}, runs: 1 }\n${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
}

function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
