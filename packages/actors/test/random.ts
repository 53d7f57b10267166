/** A small seeded generator (mulberry32), so that a failing random test can be run again from its printed seed. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

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
