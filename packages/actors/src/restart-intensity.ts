/**
 * OTP's restart intensity: more than `intensity` restarts within `periodMs` are too many. Pure. `restarts` holds the times of the last ones, oldest first, and is changed in
 * place; it never holds more than twice `intensity`: those that are too old are taken out when they are half of it, so that a storm of a million restarts moves none of them twice.
 * @returns whether one more restart at `now` is allowed (it is then noted)
 */
export function allowRestart(restarts: number[], now: number, intensity: number, periodMs: number): boolean {
  const old = countOlder(restarts, now - periodMs);
  if (restarts.length - old >= intensity) return false;
  if (old > 0 && old * 2 >= restarts.length) restarts.splice(0, old);
  restarts.push(now);
  return true;
}

/** How many of the times, which go up, are before `from`. */
function countOlder(times: readonly number[], from: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
