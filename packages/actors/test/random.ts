import { randomFrom as seeded } from '../src/random-from.js';

export { seeded };

/** A fresh seed, or that of the environment variable SEED. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Runs `body` and puts the seed into whatever it throws. */
export function withSeed(body: (random: () => number) => void): void {
  try {
    body(seeded(seed));
  } catch (error) {
    throw new Error(`failed with SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
