/**
 * OTP's restart intensity: more than `intensity` restarts within `periodMs` are too many. Pure. `restarts` holds the times of the last ones, oldest first, and is changed in
 * place; it never holds more than `intensity`.
 * @returns whether one more restart at `now` is allowed (it is then noted)
 */
export function allowRestart(restarts: number[], now: number, intensity: number, periodMs: number): boolean {
  while (restarts.length > 0 && now - (restarts[0] as number) > periodMs) restarts.shift();
  if (restarts.length >= intensity) return false;
  restarts.push(now);
  return true;
}
