import { seededRandom } from '../seeded-random.js';

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
