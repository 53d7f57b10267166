import { setTimeout as delay } from 'node:timers/promises';

/** Polls `condition` every `everyMs` until it holds; false when `limitMs` have passed before. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  everyMs = 5,
): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await delay(everyMs);
  }
  return true;
}
