/** Taken out of the global once: where tests run, in a vm context, each look at a global costs as much as ten numbers. */
const { imul } = Math;

/** A generator of numbers from 0 to below 1 (mulberry32): the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = imul(a ^ (a >>> 15), a | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
