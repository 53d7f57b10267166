/** Mulberry32: small, fast, and the same on every machine. Returns numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Who gets each of `users * perUser` messages: every user `perUser` times, in random order, the same for one seed in
 * every process.
 */
export function shuffledRecipients(users: number, perUser: number, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const slots = new Uint32Array(users * perUser);
  for (let i = 0; i < slots.length; i++) slots[i] = i % users;
  for (let i = slots.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = slots[i]!;
    slots[i] = slots[j]!;
    slots[j] = kept;
  }
  return slots;
}
